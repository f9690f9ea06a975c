/* SPDX-License-Identifier: MIT */
/* Files of v1.5 to v1.7, which are plain descriptors: the program puts itself in front of the library's open,
 * and writes one. Included behind libwebsockets.h. */

static struct lws_plat_file_ops platform;
static int opened;

static lws_filefd_type
count_open(struct lws *wsi, const char *filename, unsigned long *filelen, int flags)
{
	opened++;
	return platform.open(wsi, filename, filelen, flags);
}

/* What is written is in the file. */
static int
try_write(struct lws *wsi)
{
	char name[] = "/tmp/generationXXXXXX";
	unsigned char text[] = "text", back[8];
	unsigned long size, n = 0;
	lws_filefd_type fd = mkstemp(name);
	int bad;

	if (fd == LWS_INVALID_FILE)
		return 1;
	lws_plat_file_close(wsi, fd);
	fd = lws_plat_file_open(wsi, name, &size, O_RDWR);
	unlink(name);
	bad = fd == LWS_INVALID_FILE || size || lws_plat_file_write(wsi, fd, &n, text, 4) || n != 4 ||
	      lws_plat_file_seek_cur(wsi, fd, -4) || lws_plat_file_read(wsi, fd, &n, back, 8) || n != 4 ||
	      memcmp(text, back, 4);
	return lws_plat_file_close(wsi, fd) || bad;
}
