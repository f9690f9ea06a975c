/* SPDX-License-Identifier: MIT
 *
 * Walking directories.
 * C because of reason 5: scandir() does the work, and its locale's order is
 * the program's.
 */
#define _GNU_SOURCE
#include "entry.h"
#include <libwebsockets.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Longer paths are cut, as the reference cuts them. */
#define STAT_PATH_MAX 512
#define CB_PATH_MAX 384

static int
not_dots(const struct dirent *e)
{
	return strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
}

static lws_dir_obj_type_t
type_by_stat(const char *dirpath, const char *name)
{
	char path[STAT_PATH_MAX];
	struct stat s;

	lws_snprintf(path, sizeof(path), "%s/%s", dirpath, name);
	if (stat(path, &s))
		return LDOT_UNKNOWN;
	switch (s.st_mode & S_IFMT) {
	case S_IFBLK:
		return LDOT_BLOCK;
	case S_IFCHR:
		return LDOT_CHAR;
	case S_IFDIR:
		return LDOT_DIR;
	case S_IFIFO:
		return LDOT_FIFO;
	case S_IFREG:
		return LDOT_FILE;
	default:
		return LDOT_UNKNOWN;
	}
}

static lws_dir_obj_type_t
type_of(const char *dirpath, const struct dirent *e)
{
	switch (e->d_type) {
	case DT_BLK:
		return LDOT_BLOCK;
	case DT_CHR:
		return LDOT_CHAR;
	case DT_DIR:
		return LDOT_DIR;
	case DT_FIFO:
		return LDOT_FIFO;
	case DT_LNK:
		return LDOT_LINK;
	case DT_REG:
		return LDOT_FILE;
	case DT_SOCK:
		return LDOTT_SOCKET;
	default: /* some file systems do not say */
		return type_by_stat(dirpath, e->d_name);
	}
}

/* Names with a '~' (editors' backups) are passed over. */
int
lws_dir(const char *dirpath, void *user, lws_dir_callback_function cb)
{
	LWS_NEEDS(dirpath, 1);
	struct lws_dir_entry lde;
	struct dirent **list;
	int i, n, ret = 0;

	n = scandir(dirpath, &list, not_dots, alphasort);
	if (n < 0) {
		lwsl_err("Scandir on '%s' failed, errno %d\n", dirpath, errno);
		return 1;
	}
	for (i = 0; i < n; i++) {
		if (!ret && !strchr(list[i]->d_name, '~')) {
			lde.name = list[i]->d_name;
			lde.type = type_of(dirpath, list[i]);
			ret = !!cb(dirpath, user, &lde);
		}
		free(list[i]);
	}
	free(list);
	return lwsgo_plain.dir_says_done ? !ret : ret;
}

/* A "*" stands for any characters before the literal rest of the pattern, which
 * may not be empty; a pattern without one matches nothing.  As the reference. */
static int
glob_match(const char *name, const char *glob)
{
	for (; *name; name++) {
		if (*glob == '*') {
			if (!strcmp(name, glob + 1))
				return 1;
		} else if (*name != *glob++) {
			return 0;
		}
	}
	return 0;
}

static int
is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

int
lws_dir_glob_cb(const char *dirpath, void *user, struct lws_dir_entry *lde)
{
	LWS_NEEDS(dirpath && user && lde, 1);
	lws_dir_glob_t *filter = user;
	char path[CB_PATH_MAX];

	if (is_dots(lde->name) || lde->type == LDOT_DIR ||
	    !glob_match(lde->name, filter->filter))
		return 0;
	lws_snprintf(path, sizeof(path), "%s/%s", dirpath, lde->name);
	filter->cb(filter->user, path);
	return 0;
}

int
lws_dir_rm_rf_cb(const char *dirpath, void *user, struct lws_dir_entry *lde)
{
	char path[CB_PATH_MAX], target[8];

	LWS_NEEDS(dirpath && lde, 1);
	(void)user;
	if (is_dots(lde->name))
		return 0;
	lws_snprintf(path, sizeof(path), "%s/%s", dirpath, lde->name);

	if (lde->type != LDOT_DIR) {
		if (unlink(path) && rmdir(path))
			lwsl_warn("%s: unlink %s failed %d (type %d)\n",
				  __func__, path, errno, (int)lde->type);
		return 0;
	}
	/* never follow a link out of the tree */
	if (readlink(path, target, sizeof(target)) < 0)
		lws_dir(path, NULL, lws_dir_rm_rf_cb);
	if (rmdir(path))
		lwsl_warn("%s: rmdir %s failed %d\n", __func__, path, errno);
	return 0;
}
