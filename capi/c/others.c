/* SPDX-License-Identifier: MIT
 *
 * Two libwebsockets in one process: a program that is linked to one and loads something
 * that is linked to the other. There are two ways in which that goes wrong.
 *
 * The loader takes a function from the first library that has it, whichever the caller
 * is linked to: structs of one ABI would be read as the other's. So calls that hand in a
 * creation info say where they come from, and what is linked to another library only
 * is refused.
 *
 * Where each does get its own library (RTLD_DEEPBIND, or a program that is linked to
 * neither) two Go runtimes would work in one process. The first to start takes a cell
 * that all share, and the others do not start. The cell is that of the library which was
 * loaded first; each shows its own in an ELF note.
 *
 * C because of reason 1 (before the runtime is started).
 */
#define _GNU_SOURCE
#include "others.h"
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <string.h>

#define FAMILY "libwebsockets.so."
#define OTHERS 4 /* as many as anybody will have */

/* Whose runtime runs: the address of that library's own cell. Only that of the library
 * which was loaded first is used. */
static void *cell;

#define NOTE_NAME "lwsgo"
#define NOTE_TYPE 1 /* the cell's distance from the number that says it */
__asm__(".pushsection .note.lwsgo, \"a\", %note\n"
	"	.balign 4\n"
	"	.long 1f - 0f, 3f - 2f, 1\n"
	"0:	.asciz \"" NOTE_NAME "\"\n"
	"1:	.balign 4\n"
	"2:	.quad cell - .\n"
	"3:	.balign 4\n"
	"	.popsection\n");

/* A name in a file's dynamic section, of this family, and the file. */
struct named {
	const char *name, *file;
};

struct library {
	const char *soname, *path;
	void **cell; /* NULL: not one of ours */
};

struct process {
	unsigned long long alone;  /* there was no other when this many had been loaded */
	unsigned long long loaded;
	const void *ret;	   /* where the call came from */
	struct library lib[OTHERS]; /* in the order of loading */
	const struct library *self;
	struct named user[OTHERS];  /* the first that is linked to each */
	struct named caller[OTHERS]; /* what the file with ret is linked to */
	int libs, users, callers;
};

static const char *
name_of(const struct dl_phdr_info *i)
{
	return i->dlpi_name && *i->dlpi_name ? i->dlpi_name :
					       program_invocation_name;
}

static int
holds(const struct dl_phdr_info *i, const void *p)
{
	const ElfW(Addr) a = (ElfW(Addr))p - i->dlpi_addr;
	int n;

	for (n = 0; n < i->dlpi_phnum; n++)
		if (i->dlpi_phdr[n].p_type == PT_LOAD &&
		    a - i->dlpi_phdr[n].p_vaddr < i->dlpi_phdr[n].p_memsz)
			return 1;
	return 0;
}

static void **
cell_of(const struct dl_phdr_info *i)
{
	int n;

	for (n = 0; n < i->dlpi_phnum; n++) {
		const ElfW(Phdr) *h = &i->dlpi_phdr[n];
		const size_t to = h->p_align > 4 ? h->p_align : 4;
		const char *p = (const char *)(i->dlpi_addr + h->p_vaddr);
		const char *end = p + h->p_memsz;

		if (h->p_type != PT_NOTE)
			continue;
		while ((size_t)(end - p) > sizeof(ElfW(Nhdr))) {
			const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)p;
			const char *name = p + sizeof(*note);
			const char *desc = name + ((note->n_namesz + to - 1) & -to);
			int64_t far;

			if (note->n_type == NOTE_TYPE &&
			    note->n_namesz == sizeof(NOTE_NAME) &&
			    !memcmp(name, NOTE_NAME, sizeof(NOTE_NAME)) &&
			    note->n_descsz == sizeof(far)) {
				memcpy(&far, desc, sizeof(far));
				return (void **)(desc + far);
			}
			p = desc + ((note->n_descsz + to - 1) & -to);
		}
	}
	return NULL;
}

static void
add(struct named *list, int *n, const char *name, const char *file)
{
	int k;

	for (k = 0; k < *n; k++)
		if (!strcmp(list[k].name, name))
			return;
	if (*n < OTHERS)
		list[(*n)++] = (struct named){ name, file };
}

static int
object(struct dl_phdr_info *i, size_t size, void *arg)
{
	struct process *p = arg;
	const ElfW(Dyn) *d, *dyn = NULL;
	const char *text = NULL;
	int n, calls;

	(void)size;
	if (i->dlpi_adds == p->alone)
		return 1;
	p->loaded = i->dlpi_adds;
	for (n = 0; n < i->dlpi_phnum; n++)
		if (i->dlpi_phdr[n].p_type == PT_DYNAMIC)
			dyn = (const ElfW(Dyn) *)(i->dlpi_addr +
						  i->dlpi_phdr[n].p_vaddr);
	for (d = dyn; d && d->d_tag != DT_NULL; d++)
		if (d->d_tag == DT_STRTAB) /* an address, or still an offset */
			text = (const char *)(d->d_un.d_ptr +
				(d->d_un.d_ptr < i->dlpi_addr ? i->dlpi_addr : 0));
	if (!text)
		return 0;
	calls = p->ret && holds(i, p->ret);
	for (d = dyn; d->d_tag != DT_NULL; d++) {
		const char *name = text + d->d_un.d_val;

		if ((d->d_tag != DT_SONAME && d->d_tag != DT_NEEDED) ||
		    strncmp(name, FAMILY, sizeof(FAMILY) - 1))
			continue;
		if (d->d_tag == DT_NEEDED) {
			add(p->user, &p->users, name, name_of(i));
			if (calls)
				add(p->caller, &p->callers, name, name_of(i));
		} else if (p->libs < OTHERS) {
			struct library *l = &p->lib[p->libs++];

			*l = (struct library){ name, name_of(i), cell_of(i) };
			if (holds(i, &cell))
				p->self = l;
		}
	}
	return 0;
}

/* Looks at the process; 0: there is no other libwebsockets, and nothing to be seen in p. */
static int
look(struct process *p, const void *ret)
{
	static unsigned long long alone;

	memset(p, 0, sizeof(*p));
	p->ret = ret;
	p->alone = __atomic_load_n(&alone, __ATOMIC_RELAXED);
	dl_iterate_phdr(object, p);
	if (p->self && p->libs > 1)
		return 1;
	if (p->self)
		__atomic_store_n(&alone, p->loaded, __ATOMIC_RELAXED);
	return 0;
}

static const char *
user_of(const struct process *p, const struct library *l)
{
	int n;

	for (n = 0; n < p->users; n++)
		if (!strcmp(p->user[n].name, l->soname))
			return p->user[n].file;
	return "dlopen()";
}

/* The cell that all have. */
static void **
shared(const struct process *p)
{
	int n;

	for (n = 0; n < p->libs; n++)
		if (p->lib[n].cell)
			return p->lib[n].cell;
	return &cell;
}

int
lwsgo_claim(void)
{
	void *runs = NULL;
	struct process p;
	int n;

	look(&p, NULL);
	if (__atomic_compare_exchange_n(shared(&p), &runs, &cell, 0,
					__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) ||
	    runs == &cell)
		return 1;
	for (n = 0; n < p.libs - 1 && p.lib[n].cell != runs; n++)
		;
	lwsl_err("libwebsockets: %s, here for %s, does not start\n",
		 p.self->path, user_of(&p, p.self));
	lwsl_err("libwebsockets: %s runs already, for %s: one process cannot "
		 "have both\n", p.lib[n].path, user_of(&p, &p.lib[n]));
	return 0;
}

void
lwsgo_unclaim(void)
{
	void *runs = &cell;
	struct process p;

	look(&p, NULL);
	__atomic_compare_exchange_n(shared(&p), &runs, NULL, 0,
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

int
lwsgo_meant(const char *call, const void *ret)
{
	struct process p;
	int n;

	if (!look(&p, ret) || !p.callers)
		return 1;
	for (n = 0; n < p.callers; n++)
		if (!strcmp(p.caller[n].name, p.self->soname))
			return 1;
	lwsl_err("%s: refused: %s is linked to %s, but its call came to %s\n",
		 call, p.caller[0].file, p.caller[0].name, p.self->soname);
	lwsl_err("libwebsockets: %s is here for %s: one process cannot have "
		 "both\n", p.self->path, user_of(&p, p.self));
	return 0;
}
