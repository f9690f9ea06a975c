/* SPDX-License-Identifier: MIT
 *
 * fts make INDEX PIECE FILE...: an index of files, PIECE bytes at a time.
 * fts find INDEX FLAGS [ONLY]: looks for each line of stdin; prints what there is.
 */
#include <fcntl.h>
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
make(int argc, char **argv)
{
	static char buf[1 << 20];
	int fd = open(argv[2], O_CREAT | O_TRUNC | O_WRONLY, 0600), n, i, in;
	struct lws_fts *t = lws_fts_create(fd);
	size_t piece = (size_t)atoi(argv[3]);

	if (!t)
		return 1;
	for (n = 4; n < argc; n++) {
		i = lws_fts_file_index(t, argv[n], (int)strlen(argv[n]), 1);
		in = open(argv[n], O_RDONLY);
		for (;;) {
			ssize_t got = read(in, buf, piece);

			if (got <= 0)
				break;
			if (lws_fts_fill(t, (uint32_t)i, buf, (size_t)got))
				return 1;
		}
		close(in);
	}
	n = lws_fts_serialize(t);
	lws_fts_destroy(&t);
	if (t)
		printf("not NULL\n");
	printf("%d, at %lld\n", n, (long long)lseek(fd, 0, SEEK_END));
	close(fd);
	return n;
}

static void
find(struct lws_fts_file *f, const char *needle, int flags, const char *only)
{
	struct lws_fts_search_params p;
	struct lws_fts_result *r;

	memset(&p, 0, sizeof(p));
	p.needle = needle;
	p.flags = flags;
	p.only_filepath = only;
	p.max_autocomplete = 12;
	p.max_files = 3;
	r = lws_fts_search(f, &p);
	printf("%s: %s\n", needle, r ? "" : "NULL");
	if (r) {
		struct lws_fts_result_autocomplete *ac = r->autocomplete_head;
		struct lws_fts_result_filepath *fp = r->filepath_head;

		printf(" flags %d\n", r->effective_flags);
		for (; ac; ac = ac->next)
			printf(" ac %s %d %d %d %d %d\n", (char *)(ac + 1), ac->instances, ac->agg_instances, ac->ac_length,
			       ac->elided, ac->has_children);
		for (; fp; fp = fp->next) {
			char *q = (char *)(fp + 1);
			int n;

			printf(" fp %s %d %d %d %d\n", q + fp->matches_length, fp->matches, fp->matches_length,
			       fp->lines_in_file, fp->filepath_length);
			for (n = 0; fp->matches_length && n < fp->matches; n++) {
				printf("  %u %u", ((uint32_t *)(void *)q)[0], ((uint32_t *)(void *)q)[1]);
				q += 8;
				if (flags & LWSFTS_F_QUERY_QUOTE_LINE) {
					printf(" %s", *(const char **)(void *)q);
					q += sizeof(char *);
				}
				printf("\n");
			}
		}
	}
	lwsac_free(&p.results_head);
}

int
main(int argc, char **argv)
{
	struct lws_fts_file *f;
	char line[256];

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	if (argc > 4 && !strcmp(argv[1], "make"))
		return make(argc, argv);
	if (argc < 4 || strcmp(argv[1], "find"))
		return 2;
	f = lws_fts_open(argv[2]);
	if (!f) {
		printf("NULL\n");
		return 0;
	}
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		find(f, line, atoi(argv[3]), argc > 4 ? argv[4] : NULL);
	}
	lws_fts_close(f);
	return 0;
}
