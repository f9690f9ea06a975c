/* SPDX-License-Identifier: MIT
 *
 * A server that does nothing: what its start took, and what it gives back some time
 * later. A page of the library's code is written to, as by a debugger that sets a
 * breakpoint: that one stays.
 */
#include <libwebsockets.h>
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct lws_protocols protocols[] = {
	{ "http", lws_callback_http_dummy, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static struct lws_context *context;
static lws_sorted_usec_list_t look;
static volatile unsigned char *code; /* which nobody calls */
static long most;
static int looks, over;

static long
resident(void)
{
	long size, pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%ld %ld", &size, &pages) != 2)
		abort();
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int
threads(void)
{
	DIR *d = opendir("/proc/self/task");
	int n = -2; /* . and .. */

	if (!d)
		abort();
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void
on_look(lws_sorted_usec_list_t *sul)
{
	long now = resident();

	if (now > most)
		most = now;
	if (now + 512 > most && looks++ < 300) {
		lws_sul_schedule(context, 0, sul, on_look,
				 100 * LWS_US_PER_MS);
		return;
	}
	printf("kB %ld to %ld\nthreads %d\ncode %02x\n", most, now, threads(),
	       *code);
	over = 1;
}

int
main(void)
{
	struct lws_context_creation_info info;
	struct rusage before, after;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *at;

	setlinebuf(stdout);
	lws_set_log_level(LLL_ERR, NULL);
	memset(&info, 0, sizeof(info));
	info.iface = "127.0.0.1";
	info.protocols = protocols;
	getrusage(RUSAGE_SELF, &before);
	context = lws_create_context(&info);
	getrusage(RUSAGE_SELF, &after);
	if (!context)
		return 1;
	printf("faults %ld\n", after.ru_minflt - before.ru_minflt);

	code = (volatile unsigned char *)(uintptr_t)lws_b64_encode_string;
	at = (void *)((uintptr_t)code & ~(page - 1));
	if (mprotect(at, page, PROT_READ | PROT_WRITE | PROT_EXEC))
		return 1;
	*code = 0xcc;
	if (mprotect(at, page, PROT_READ | PROT_EXEC))
		return 1;

	on_look(&look);
	while (!over && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
