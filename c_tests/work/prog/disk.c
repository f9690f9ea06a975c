/* SPDX-License-Identifier: MIT
 *
 * disk use FOLDER: a cache's life, as the original has it, too. disk bad FOLDER: what no
 * program should do, ours alone.
 */
#include "work.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *base;

/* A path without the folder and without what makes a name for the time being unique. */
static void
print_path(const char *path)
{
	size_t n = strlen(base);

	if (strncmp(path, base, n))
		n = 0;
	printf(" %.*s%s", (int)strcspn(path + n, "~"), path + n, strchr(path + n, '~') ? "~" : "");
}

static int
query(struct lws_diskcache_scan *c, int bot, const char *hash, char *path)
{
	size_t size = 7777;
	int fd = -7, r;

	strcpy(path, "as it was");
	r = lws_diskcache_query(c, bot, hash, &fd, path, 250, &size);
	printf("%s: %d, fd %d, size %zu", hash, r, fd < 0 ? fd : 0, size);
	print_path(path);
	putchar('\n');
	return fd;
}

static void
set_age(const char *path, time_t age)
{
	struct timespec t[2] = { { .tv_sec = time(NULL) - age }, { .tv_sec = time(NULL) - age } };

	utimensat(AT_FDCWD, path, t, 0);
}

static void
make(struct lws_diskcache_scan *c, const char *hash, size_t size, time_t age)
{
	char path[256], data[20000] = { 0 };
	int fd = query(c, 0, hash, path);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		exit(1);
	close(fd);
	printf("final %d", lws_diskcache_finalize_name(path));
	print_path(path);
	putchar('\n');
	set_age(path, age);
}

/* What is in the cache. */
static void
list(void)
{
	static const char hex[] = "0123456789abcdef";
	struct dirent *e;
	char path[256];
	int n;
	DIR *d;

	for (n = 0; n < 256; n++) {
		snprintf(path, sizeof(path), "%s/%c/%c", base, hex[n >> 4], hex[n & 15]);
		d = opendir(path);
		while (d && (e = readdir(d)))
			if (e->d_name[0] != '.')
				printf("  %s\n", e->d_name);
		if (d)
			closedir(d);
		else
			printf("no %d\n", n);
	}
}

static void
scan(struct lws_diskcache_scan *c)
{
	int n, bad = 0;

	for (n = 0; n < 256; n++)
		bad |= lws_diskcache_trim(c);
	printf("trim %d, idle %d\n", bad, lws_diskcache_secs_to_idle(c));
	list();
}

static void
use(void)
{
	struct lws_diskcache_scan *c, *none;
	struct stat s;
	char path[256];
	int fd;

	umask(022);
	printf("prepare %d\n", lws_diskcache_prepare(base, 0750, getuid()));
	printf("again %d\n", lws_diskcache_prepare(base, 0700, getuid()));
	if (!stat(base, &s))
		printf("mode %o\n", s.st_mode & 07777);
	c = lws_diskcache_create(base, 40000);
	none = lws_diskcache_create(NULL, 0);
	printf("made %d %d, idle %d\n", !!c, !!none, lws_diskcache_secs_to_idle(c));
	query(none, 0, "ab01234567", path);
	fd = query(c, 1, "ab01234567", path);
	make(c, "ab01234567", 10000, 500);
	make(c, "00112233445566778899aabbccddeeff", 15000, 400);
	make(c, "ffeeddccbbaa99887766554433221100", 9000, 600);
	fd = query(c, 1, "ab01234567", path);
	if (fd >= 0)
		printf("flags %x\n", fcntl(fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK));
	close(fd);
	set_age(path, 500); /* the original's is that still: row 277 of docs/quirks.md */
	fd = query(c, 0, "ffee", path); /* it stays a name for the time being */
	printf("flags %x\n", fcntl(fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK));
	close(fd);
	unlink(path);
	strcpy(path, "/nonexistent/ab~1");
	printf("final %d", lws_diskcache_finalize_name(path));
	print_path(path);
	strcpy(path, "none");
	printf(", %d\n", lws_diskcache_finalize_name(path));
	scan(c); /* all fit */
	lws_diskcache_destroy(&c);
	c = lws_diskcache_create(base, 30000);
	make(c, "cc01", 12000, 100);
	scan(c); /* the two oldest go */
	lws_diskcache_destroy(&c);
	c = lws_diskcache_create("/nonexistent/cache", 1);
	printf("trim %d\n", lws_diskcache_trim(c));
	query(c, 0, "ab01234567", path);
	lws_diskcache_destroy(&c);
	lws_diskcache_destroy(&none);
	printf("%d %d\n", !c, !none);
}

#ifdef OURS
static void
bad(void)
{
	struct lws_diskcache_scan *c = NULL, *stale;
	char path[256] = "x";
	size_t size;
	int fd, n;

	lws_diskcache_destroy(NULL);
	lws_diskcache_destroy(&c);
	printf("%d %d\n", lws_diskcache_prepare(NULL, 0700, 0), lws_diskcache_finalize_name(NULL));
	printf("%d %d\n", lws_diskcache_trim(NULL), lws_diskcache_secs_to_idle(NULL));
	lws_diskcache_prepare(base, 0700, getuid());
	c = lws_diskcache_create(base, 0);
	printf("%d\n", lws_diskcache_query(c, 0, NULL, &fd, path, 250, &size));
	printf("%d\n", lws_diskcache_query(c, 0, "ab12", NULL, path, 250, &size));
	printf("%d\n", lws_diskcache_query(c, 0, "ab12", &fd, NULL, 250, &size));
	printf("%d\n", lws_diskcache_query(c, 0, "ab12", &fd, path, 250, NULL));
	for (n = -1; n < 20; n++)
		if (lws_diskcache_query(c, 0, "ab12", &fd, path, n, &size))
			printf("it fits %d\n", n);
	printf("%d %d\n", lws_diskcache_query(c, 0, "../../etc/passwd", &fd, path, 250, &size), fd);
	if (!fork()) { /* it knows the cache, too */
		fd = query(c, 0, "cd34", path);
		_exit(fd < 0);
	}
	wait(&n);
	printf("child %d\n", n);
	stale = c;
	lws_diskcache_destroy(&c);
	c = stale;
	printf("%d %d\n", lws_diskcache_trim(stale), lws_diskcache_query(stale, 0, "ab12", &fd, path, 250, &size));
	lws_diskcache_destroy(&stale);
}
#endif

int
main(int argc, char **argv)
{
	if (argc < 3)
		return 1;
	base = argv[2];
	setvbuf(stdout, NULL, _IOLBF, 0);
	lws_set_log_level(LLL_ERR, to_stdout);
	if (!strcmp(argv[1], "use")) {
		lws_set_log_level(0, NULL);
		use();
	}
#ifdef OURS
	else
		bad();
#endif
	printf("done\n");
	return 0;
}
