/* SPDX-License-Identifier: MIT
 *
 * Directories, files, and going into the background.
 */
#include "unit.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[] = "/tmp/unit_files_XXXXXX";

static const char *
at(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	return path;
}

static void
touch(const char *name)
{
	int fd = open(at(name), O_CREAT | O_WRONLY, 0600);

	if (fd < 0)
		exit(3);
	close(fd);
}

static int
entry(const char *dirpath, void *user, struct lws_dir_entry *lde)
{
	int *left = user;

	printf("%s %s %d\n", dirpath + strlen(root), lde->name, lde->type);
	return left && !--*left;
}

static int
globbed(void *user, const char *path)
{
	printf("%s %s\n", (char *)user, path + strlen(root));
	return 0;
}

void
unit_dir(void)
{
	static const char *const globs[] = { "*", "*.txt", "a*", "a*.txt", "b",
					     "?", "**", "*b", "a*b*" };
	lws_dir_glob_t glob = { NULL, globbed, NULL };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int left, s = socket(AF_UNIX, SOCK_STREAM, 0);
	size_t n;

	if (!mkdtemp(root))
		exit(3);
	lws_set_log_level(0, NULL);
	touch("b.txt");
	touch("a.txt");
	touch("backup~");
	touch("~x");
	touch(".hidden");
	touch("ab");
	touch(".txt");
	mkdir(at("dir.txt"), 0700);
	mkdir(at("deep"), 0700);
	mkdir(at("deep/er"), 0700);
	touch("deep/er/file");
	touch("deep/file");
	if (symlink("a.txt", at("link")) || symlink("/tmp", at("dirlink")) ||
	    symlink("nowhere", at("deep/dangling")) || mkfifo(at("fifo"), 0600))
		exit(3);
	strcpy(un.sun_path, at("sock"));
	if (bind(s, (struct sockaddr *)&un, sizeof(un)))
		exit(3);

	printf("dir %d\n", lws_dir(root, NULL, entry));
	for (left = 1; left < 6; left++) {
		int l = left;

		printf("stop %d\n", lws_dir(root, &l, entry));
	}
	printf("missing %d\n", lws_dir(at("none"), NULL, entry));
	printf("file %d\n", lws_dir(at("a.txt"), NULL, entry));
	for (n = 0; n < ARRAY(globs); n++) {
		glob.filter = globs[n];
		glob.user = (void *)globs[n];
		printf("glob %d\n", lws_dir(root, &glob, lws_dir_glob_cb));
	}
	printf("rm %d\n", lws_dir(root, NULL, lws_dir_rm_rf_cb));
	printf("left %d\n", lws_dir(root, NULL, entry));
	unlink(at("backup~"));
	unlink(at("~x"));
	printf("rmdir %d\n", rmdir(root));
}

static lws_fop_fd_t
zip_open(const struct lws_plat_file_ops *fops, const char *filename,
	 const char *vpath, lws_fop_flags_t *flags)
{
	printf("open %d %s vpath %s flags %u\n", !!fops, filename,
	       vpath ? vpath : "NULL", (unsigned int)*flags);
	return NULL;
}

static void
select_fs(void)
{
	static const char *const paths[] = {
		"", "/", "/a.zip", "/a.zip/", "/a.zip/b", "a.zip/b/c.zip/d",
		".zip/x", "/zip/x", "/x.zipp/y", "/x.tar.gz/y/z", "x.gz/y",
		"/a/b/c.tar.gz/", "//.zip//", "/a.ziq/b", "/a.tar.gx/b", "/b.zi/c",
	};
	struct lws_plat_file_ops second = {
		.open = zip_open,
		.fi = { { ".zip/", 5 }, { ".tar.gz/", 8 }, { NULL, 0 } },
	}, first = { .open = zip_open, .next = &second };
	lws_fop_flags_t flags = 3;
	size_t n;

	for (n = 0; n < ARRAY(paths); n++) {
		first.next = &second;
		if (lws_vfs_file_open(&first, paths[n], &flags))
			exit(3);
		first.next = NULL;
		if (lws_vfs_file_open(&first, paths[n], &flags))
			exit(3);
	}
}

static struct lws_plat_file_ops plat = {
	.open = _lws_plat_file_open,
	.close = _lws_plat_file_close,
	.seek_cur = _lws_plat_file_seek_cur,
	.read = _lws_plat_file_read,
	.write = _lws_plat_file_write,
};

static void
walk_file(void)
{
	lws_fop_flags_t flags = O_RDWR;
	lws_fop_fd_t f = lws_vfs_file_open(&plat, at("file"), &flags);
	lws_filepos_t amount = 77;
	uint8_t buf[64];
	int n, r;

	if (!f)
		exit(3);
	for (n = 0; n < 2000; n++) {
		lws_fileofs_t o = (lws_fileofs_t)rnd(120) - 60;

		memset(buf, '#', sizeof(buf));
		switch (rnd(6)) {
		case 0:
			r = (int)lws_vfs_file_seek_set(f, o);
			break;
		case 1:
			r = (int)lws_vfs_file_seek_end(f, o);
			break;
		case 2:
		case 3:
			r = (int)lws_vfs_file_seek_cur(f, o);
			break;
		case 4:
			r = lws_vfs_file_read(f, &amount, buf, rnd(30));
			break;
		default:
			r = 0;
			if (lws_vfs_tell(f) + 3 < 40)
				r = lws_vfs_file_write(f, &amount,
						       (uint8_t *)"new", 3);
		}
		printf("%d %d %llu pos %llu len %llu", (int)o, r,
		       (unsigned long long)amount,
		       (unsigned long long)lws_vfs_tell(f),
		       (unsigned long long)lws_vfs_get_length(f));
		show("buf", buf, 32);
		putchar('\n');
	}
	r = lws_vfs_file_close(&f);
	printf("close %d %d\n", r, !!f);
	flags = 0;
	f = lws_vfs_file_open(&plat, at("none"), &flags);
	printf("none %d\n", !!f);
	flags = LWS_O_RDONLY | LWS_FOP_FLAG_COMPR_ACCEPTABLE_GZIP;
	f = lws_vfs_file_open(&plat, at("file"), &flags);
	r = lws_vfs_file_write(f, &amount, (uint8_t *)"new", 3);
	printf("read-only %d %llu %x\n", r, (unsigned long long)amount,
	       (unsigned int)f->flags);
	lws_vfs_file_close(&f);
}

void
unit_vfs(void)
{
	char buf[64] = "";
	struct stat s;
	int n, fd;

	if (!mkdtemp(root))
		exit(3);
	lws_set_log_level(0, NULL);
	select_fs();
	umask(0);
	n = lws_plat_write_file(at("file"),
				"0123456789abcdefghijklmnopqrstuvwxyzABCD", 40);
	stat(at("file"), &s);
	printf("write %d %o\n", n, (unsigned int)s.st_mode);
	printf("write %d\n", lws_plat_write_file(at("no/file"), "x", 1));
	n = lws_plat_read_file(at("file"), buf, 50);
	printf("read %d %s\n", n, buf);
	printf("read %d\n", lws_plat_read_file(at("none"), buf, 50));
	walk_file();

	fd = lws_open(at("cert"), O_RDWR | O_CREAT, 0640);
	fstat(fd, &s);
	n = lws_plat_write_cert(NULL, 1, fd, "pem", 3);
	printf("cert %d %o %ld", n, (unsigned int)s.st_mode, (long)read(fd, buf, 9));
	printf(" %d\n", lws_plat_write_cert(NULL, 1, -1, "pem", 3));
	close(fd);
	unlink(at("cert"));
	unlink(at("file"));
	rmdir(root);
}

/* What the daemon is, seen from inside. */
static void
report(const char *to, pid_t parent)
{
	FILE *f = fopen(to, "w");
	struct sigaction sa;
	char cwd[256];
	mode_t mask = umask(0);
	int n;

	if (!f)
		_exit(3);
	fprintf(f, "cwd %s umask %o session %d parent %d\n",
		getcwd(cwd, sizeof(cwd)), (unsigned int)mask,
		getsid(0) == getpid(), getpid() == parent);
	for (n = 0; n < 3; n++) {
		char link[32];
		ssize_t l;

		snprintf(link, sizeof(link), "/proc/self/fd/%d", n);
		l = readlink(link, cwd, sizeof(cwd) - 1);
		cwd[l < 0 ? 0 : l] = '\0';
		fprintf(f, "fd %d %s\n", n, cwd);
	}
	for (n = 1; n < 32; n++) {
		sigset_t now;

		/* USR1 and ALRM: the reference leaves its own handlers
		 * behind, which make the daemon exit; ours keeps the
		 * program's */
		if (n == SIGUSR1 || n == SIGALRM || sigaction(n, NULL, &sa))
			continue;
		sigprocmask(SIG_SETMASK, NULL, &now);
		fprintf(f, "signal %d %d blocked %d\n", n,
			sa.sa_handler == SIG_DFL   ? 0 :
			sa.sa_handler == SIG_IGN ? 1 : 2,
			sigismember(&now, n));
	}
	fclose(f);
	rename(to, at("report"));
}

static pid_t
run_daemon(const char *lock, int *status)
{
	char tmp[256];
	pid_t pid = fork();

	if (!pid) {
		pid_t me = getpid();

		snprintf(tmp, sizeof(tmp), "%s", at("report.tmp"));
		if (lws_daemonize(lock))
			_exit(4);
		report(tmp, me);
		for (;;)
			pause();
	}
	waitpid(pid, status, 0);
	return pid;
}

static void
print_file(const char *path)
{
	char line[256];
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f))
		fputs(line, stdout);
	if (f)
		fclose(f);
}

static int
wait_file(const char *path, int there)
{
	int n;

	for (n = 0; n < 2000 && (access(path, F_OK) == 0) != there; n++)
		usleep(10000);
	return n < 2000;
}

void
unit_daemon(void)
{
	char lock[256], text[32] = "";
	struct stat s;
	int status = 0;
	pid_t daemon;

	setvbuf(stdout, NULL, _IOLBF, 0);
	dup2(1, 2);
	if (!mkdtemp(root))
		exit(3);
	umask(022);
	snprintf(lock, sizeof(lock), "%s", at("lock"));
	run_daemon(lock, &status);
	printf("status %x\n", (unsigned int)status);
	printf("reported %d\n", wait_file(at("report"), 1));
	print_file(at("report"));

	lws_plat_read_file(lock, text, sizeof(text) - 1);
	stat(lock, &s);
	daemon = atoi(text);
	printf("lock mode %o, names a process %d\n", (unsigned int)s.st_mode,
	       daemon > 1 && !kill(daemon, 0));

	fflush(stdout);
	text[0] = '\0';
	if (!fork()) { /* a second one is refused; its text has the pid */
		dup2(open("/dev/null", O_WRONLY), 2);
		_exit(lws_daemonize(lock));
	}
	wait(&status);
	printf("second %x\n", (unsigned int)status);

	if (daemon > 1)
		kill(daemon, SIGTERM);
	printf("lock gone %d\n", wait_file(lock, 0));
	unlink(at("report"));

	/* a stale lock is replaced, no lock is fine too */
	lws_plat_write_file(lock, "999999999\n", 10); /* the reference reads on behind what is there */
	run_daemon(lock, &status);
	printf("stale %x %d\n", (unsigned int)status,
	       wait_file(at("report"), 1));
	lws_plat_read_file(lock, text, sizeof(text) - 1);
	daemon = atoi(text);
	printf("%d\n", daemon > 1 && daemon != 999999999 && !kill(daemon, 0));
	if (daemon > 1)
		kill(daemon, SIGTERM);
	printf("lock gone %d\n", wait_file(lock, 0));
	unlink(at("report"));
	printf("rmdir %d\n", rmdir(root));
}
