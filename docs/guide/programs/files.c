/* SPDX-License-Identifier: MIT
 *
 * File operations of one's own, in front of the library's: in the folder that is served
 * there is one file more, "time", made anew for each request.
 *
 *	files PORT FOLDER
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct made {
	struct lws_fop_fd fop; /* first: the library sees this */
	char text[32];
};

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static lws_fop_fd_t made_open(const struct lws_plat_file_ops *fops, const char *name,
			      const char *vpath, lws_fop_flags_t *flags)
{
	const char *base = strrchr(name, '/');
	struct made *m;

	if (!base || strcmp(base, "/time")) /* all others are the system's */
		return _lws_plat_file_open(fops, name, vpath, flags);
	if (!(m = (struct made *)calloc(1, sizeof *m)))
		return NULL;
	snprintf(m->text, sizeof m->text, "%lu\n", (unsigned long)time(NULL));
	m->fop.fd = LWS_INVALID_FILE;
	m->fop.fops = fops;
	m->fop.filesystem_priv = m; /* tells ours from the system's */
	m->fop.len = strlen(m->text);
	*flags |= LWS_FOP_FLAG_VIRTUAL; /* there is no such file for stat() */
	m->fop.flags = *flags;
	return &m->fop;
}

static int made_close(lws_fop_fd_t *f)
{
	if (!(*f)->filesystem_priv)
		return _lws_plat_file_close(f);
	free(*f);
	*f = NULL;
	return 0;
}

static lws_fileofs_t made_seek(lws_fop_fd_t f, lws_fileofs_t by)
{
	if (!f->filesystem_priv)
		return _lws_plat_file_seek_cur(f, by);
	f->pos = (lws_filepos_t)((lws_fileofs_t)f->pos + by);
	if (f->pos > f->len)
		f->pos = f->len;
	return (lws_fileofs_t)f->pos;
}

static int made_read(lws_fop_fd_t f, lws_filepos_t *amount, uint8_t *buf, lws_filepos_t len)
{
	struct made *m = (struct made *)f->filesystem_priv;

	if (!m)
		return _lws_plat_file_read(f, amount, buf, len);
	if (len > f->len - f->pos)
		len = f->len - f->pos;
	memcpy(buf, m->text + f->pos, (size_t)len);
	f->pos += len;
	*amount = len;
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "http", lws_callback_http_dummy, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	static const struct lws_protocol_vhost_options plain = { NULL, NULL, "*", "text/plain" };
	struct lws_context_creation_info info;
	struct lws_http_mount mount;
	struct lws_plat_file_ops *fops;

	if (argc != 3)
		return 2;
	memset(&mount, 0, sizeof mount);
	mount.mountpoint = "/";
	mount.mountpoint_len = 1;
	mount.origin = argv[2];
	mount.origin_protocol = LWSMPRO_FILE;
	mount.extra_mimetypes = &plain; /* "*": files whose name says nothing */
	memset(&info, 0, sizeof info);
	info.port = atoi(argv[1]);
	info.protocols = protocols;
	info.mounts = &mount;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	fops = lws_get_fops(context); /* the table may be changed in place */
	fops->LWS_FOP_OPEN = made_open;
	fops->LWS_FOP_CLOSE = made_close;
	fops->LWS_FOP_SEEK_CUR = made_seek;
	fops->LWS_FOP_READ = made_read;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	while (!stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
