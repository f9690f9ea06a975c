/* SPDX-License-Identifier: MIT */
#include "site.h"

#include <sys/stat.h>
#include <unistd.h>

char site_root[64];
static char made[32][160];
static int made_count;

static const char *path_of(const char *name)
{
	static char path[160];

	snprintf(path, sizeof path, "%s/%s", site_root, name);
	return path;
}

static void remember(const char *name)
{
	if (made_count == LWS_ARRAY_SIZE(made))
		abort();
	snprintf(made[made_count++], sizeof made[0], "%s", path_of(name));
}

void site_file(const char *name, const void *data, size_t len)
{
	const char *slash = strchr(name, '/');
	FILE *f;

	if (slash) {
		char dir[64];

		snprintf(dir, sizeof dir, "%.*s", (int)(slash - name), name);
		if (!mkdir(path_of(dir), 0755))
			remember(dir);
	}
	f = fopen(path_of(name), "w");
	if (!f || fwrite(data, 1, len, f) != len || fclose(f))
		abort();
	remember(name);
}

void site_make(const char *const *files)
{
	snprintf(site_root, sizeof site_root, "/tmp/trace-site-XXXXXX");
	if (!mkdtemp(site_root))
		abort();
	for (; files[0]; files += 2)
		site_file(files[0], files[1], strlen(files[1]));
}

void site_drop(void)
{
	while (made_count)
		remove(made[--made_count]);
	rmdir(site_root);
}

void site_exchange(const struct lws_http_mount *mounts, hook_fn hook, const char *const *r)
{
	rig.dummy = true;
	rig.info.mounts = mounts;
	exchange(hook, r);
	site_drop();
}
