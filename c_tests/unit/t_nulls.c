/* SPDX-License-Identifier: MIT
 *
 * Each pointer argument NULL, one at a time, in a process of its own.  Where
 * the reference survives, ours must, and with the same answer; where it does
 * not (it "died"), nothing is asked of ours (unit_test.go).
 */
#include "unit.h"
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static long answer;

/* UNIT_SURVIVED has one letter a call: '.' where the reference survives. */
static int
worth_it(void)
{
	static size_t at;
	const char *s = getenv("UNIT_SURVIVED");

	return !s || at >= strlen(s) || s[at++] == '.';
}

#define TRY(call)                                                                                                      \
	do {                                                                                                           \
		int status = -1;                                                                                       \
		pid_t pid;                                                                                             \
		fflush(stdout);                                                                                        \
		pid = worth_it() ? fork() : -1;                                                                        \
		if (!pid) {                                                                                            \
			alarm(10);                                                                                     \
			answer = 0;                                                                                    \
			call;                                                                                          \
			printf("%s: %ld\n", #call, answer);                                                            \
			fflush(stdout);                                                                                \
			_exit(0);                                                                                      \
		}                                                                                                      \
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)                                              \
			printf("%s: died\n", #call);                                                                   \
	} while (0)

#define N(call) TRY(answer = (long)(call))   /* a number */
#define P(call) TRY(answer = !!(call))       /* a pointer */
#define V(call) TRY(call)                    /* nothing */

static signed char
nothing(struct lejp_ctx *ctx, char reason)
{
	(void)ctx;
	(void)reason;
	return 0;
}

static int
expand(void *priv, const char *name, char *out, size_t *pos, size_t olen, size_t *exp_ofs)
{
	(void)priv;
	(void)name;
	(void)out;
	(void)pos;
	(void)olen;
	(void)exp_ofs;
	return LSTRX_DONE;
}

static void
strings(void)
{
	static char buf[128], in[] = "http://a/b", text[] = "{\"a\":1}";
	static uint8_t bytes[64];
	static const char *prot, *ads, *path;
	static const char *argv[] = { "x", "-a", NULL };
	static size_t len = 8;
	static uint64_t number;
	static int port, used;

	P(lws_strncpy(buf, NULL, 4));
	P(lws_strncpy(NULL, "a", 4));
	N(lws_snprintf(NULL, 0, "x"));
	N(lws_snprintf(NULL, 4, "x"));
	P(lws_nstrstr(NULL, 0, "a", 1));
	P(lws_nstrstr("a", 1, NULL, 0));
	P(lws_nstrstr(NULL, 4, "a", 1));
	P(lws_json_simple_find(NULL, 0, "\"a\":", &len));
	P(lws_json_simple_find(text, sizeof(text), NULL, &len));
	P(lws_json_simple_find(text, sizeof(text), "\"a\":", NULL));
	N(lws_json_simple_strcmp(NULL, 0, "\"a\":", "1"));
	N(lws_json_simple_strcmp(text, sizeof(text), NULL, "1"));
	N(lws_json_simple_strcmp(text, sizeof(text), "\"a\":", NULL));
	N(lws_hex_to_byte_array(NULL, bytes, 4));
	N(lws_hex_to_byte_array("00", NULL, 4));
	N(lws_timingsafe_bcmp(NULL, "a", 0));
	N(lws_timingsafe_bcmp("a", NULL, 1));
	N(lws_parse_uri(NULL, &prot, &ads, &port, &path));
	N(lws_parse_uri(in, NULL, &ads, &port, &path));
	N(lws_parse_uri(in, &prot, NULL, &port, &path));
	N(lws_parse_uri(in, &prot, &ads, NULL, &path));
	N(lws_parse_uri(in, &prot, &ads, &port, NULL));
	P(lws_urlencode(NULL, "a", 4));
	P(lws_urlencode(buf, NULL, 4));
	N(lws_urldecode(NULL, "a", 4));
	N(lws_urldecode(buf, NULL, 4));
	P(lws_cmdline_option(0, NULL, "-a"));
	P(lws_cmdline_option(2, argv, NULL));
	P(lws_sql_purify(NULL, "a", 4));
	P(lws_sql_purify(buf, NULL, 4));
	P(lws_json_purify(NULL, "a", 4, &used));
	P(lws_json_purify(buf, "a", 4, NULL));
	N(lws_json_purify_len(NULL));
	V(lws_filename_purify_inplace(NULL));
	N(lws_b64_encode_string(NULL, 1, buf, 8));
	N(lws_b64_encode_string("a", 1, NULL, 8));
	N(lws_b64_encode_string_url(NULL, 0, buf, 8));
	N(lws_b64_decode_string(NULL, buf, 8));
	N(lws_b64_decode_string("YQ==", NULL, 8));
	N(lws_b64_decode_string_len(NULL, 0, buf, 8));
	N(lws_b64_decode_string_len("YQ==", 4, NULL, 8));
	V(lws_b64_decode_state_init(NULL));
	P(lws_SHA1(NULL, 1, bytes));
	P(lws_SHA1(bytes, 1, NULL));
	V(lws_explicit_bzero(NULL, 0));
	V(lws_explicit_bzero(NULL, 1));
	N(lws_humanize(NULL, 0, 5, humanize_schema_si));
	N(lws_humanize(NULL, 8, 5, humanize_schema_si));
	N(lws_humanize(buf, 8, 5, NULL));
	V(lws_ser_wu16be(NULL, 1));
	V(lws_ser_wu32be(NULL, 1));
	V(lws_ser_wu64be(NULL, 1));
	N(lws_ser_ru16be(NULL));
	N(lws_ser_ru32be(NULL));
	N(lws_ser_ru64be(NULL));
	N(lws_vbi_encode(5, NULL));
	N(lws_vbi_decode(NULL, &number, 0));
	N(lws_vbi_decode(NULL, &number, 4));
	N(lws_vbi_decode(bytes, NULL, 4));
	P(lws_pvo_search(NULL, "a"));
	N(lws_pvo_get_str(NULL, "a", &prot));
	N(lws_http_basic_auth_gen(NULL, "a", buf, 64));
	N(lws_http_basic_auth_gen("a", NULL, buf, 64));
	N(lws_http_basic_auth_gen("a", "b", NULL, 64));
	P(lws_get_mimetype(NULL, NULL));
	N(lws_dir(NULL, NULL, NULL));
}

static void
parsers(void)
{
	static struct lws_tokenize ts;
	static lws_strexp_t exp;
	static struct lejp_ctx ctx;
	static lws_sockaddr46 sa;
	static char buf[64];
	static uint8_t bytes[32];
	static size_t a, b;

	V(lws_tokenize_init(NULL, "a", 0));
	V(lws_tokenize_init(&ts, NULL, 0));
	N(lws_tokenize(NULL));
	N((lws_tokenize_init(&ts, "a", 0), lws_tokenize(&ts), lws_tokenize_cstr(&ts, NULL, 8)));
	N(lws_tokenize_cstr(NULL, buf, 8));
	V(lws_strexp_init(NULL, NULL, expand, buf, 8));
	N((lws_strexp_init(&exp, NULL, expand, NULL, 8), lws_strexp_expand(&exp, "a", 1, &a, &b)));
	N((lws_strexp_init(&exp, NULL, expand, buf, 8), lws_strexp_expand(&exp, "a", 1, NULL, &b)));
	N((lws_strexp_init(&exp, NULL, expand, buf, 8), lws_strexp_expand(&exp, "a", 1, &a, NULL)));
	N((lws_strexp_init(&exp, NULL, expand, buf, 8), lws_strexp_expand(&exp, NULL, 0, &a, &b)));
	N((lws_strexp_init(&exp, NULL, NULL, buf, 8), lws_strexp_expand(&exp, "${a}", 4, &a, &b)));
	V(lws_strexp_reset_out(NULL, buf, 8));
	V(lejp_construct(NULL, nothing, NULL, NULL, 0));
	V(lejp_construct(&ctx, NULL, NULL, NULL, 0));
	N((lejp_construct(&ctx, nothing, NULL, NULL, 0), lejp_parse(&ctx, NULL, 0)));
	N((lejp_construct(&ctx, nothing, NULL, NULL, 0), lejp_parse(&ctx, (const uint8_t *)"{\"a\":1}", 7)));
	N(lejp_parse(NULL, (const uint8_t *)"{}", 2));
	V(lejp_destruct(NULL));
	N(lejp_parser_pop(NULL));
	N((lejp_construct(&ctx, nothing, NULL, NULL, 0), lejp_get_wildcard(&ctx, 0, NULL, 0)));
	P(lejp_error_to_string(-3));
	N(lws_parse_numeric_address(NULL, bytes, 16));
	N(lws_parse_numeric_address("1.2.3.4", NULL, 16));
	N(lws_sa46_parse_numeric_address(NULL, &sa));
	N(lws_sa46_parse_numeric_address("1.2.3.4", NULL));
	N(lws_write_numeric_address(NULL, 4, buf, 8));
	N(lws_write_numeric_address(bytes, 4, NULL, 8));
	N(lws_sa46_write_numeric_address(NULL, buf, 8));
	N((sa.sa4.sin_family = AF_INET, lws_sa46_write_numeric_address(&sa, NULL, 8)));
	N(lws_sa46_compare_ads(NULL, &sa));
	N(lws_sa46_compare_ads(&sa, NULL));
	P(lws_spa_create(NULL, NULL, 0, 10, NULL, NULL));
	N(lws_spa_process(NULL, "a", 1));
	N(lws_spa_finalize(NULL));
	N(lws_spa_get_length(NULL, 0));
	P(lws_spa_get_string(NULL, 0));
	N(lws_spa_destroy(NULL));
}

static void
lists(void)
{
	static struct lws_buflist *bl;
	static struct lwsac *ac;
	static lwsac_cached_file_t cf;
	static struct lws_ring *ring;
	static lws_dll2_t d;
	static lws_dll2_owner_t own;
	static uint8_t buf[32], *p;
	static uint32_t tail;
	static size_t len;
	static void *start;

	N(lws_buflist_append_segment(NULL, buf, 1));
	N(lws_buflist_append_segment(&bl, NULL, 1));
	N(lws_buflist_next_segment_len(&bl, NULL));
	N(lws_buflist_next_segment_len(NULL, &p));
	N(lws_buflist_use_segment(&bl, 0));
	N(lws_buflist_use_segment(NULL, 0));
	N(lws_buflist_total_len(&bl));
	N(lws_buflist_total_len(NULL));
	N(lws_buflist_linear_copy(&bl, 0, NULL, 0));
	V(lws_buflist_destroy_all_segments(&bl));
	V(lws_buflist_destroy_all_segments(NULL));
	V(lws_buflist_describe(&bl, NULL, "a"));
	P(lwsac_use(NULL, 8, 0));
	P(lwsac_use(&ac, 8, 0));
	V(lwsac_free(NULL));
	V(lwsac_free(&ac));
	V(lwsac_detach(NULL));
	V(lwsac_detach(&ac));
	V(lwsac_reference(NULL));
	V(lwsac_unreference(NULL));
	V(lwsac_unreference(&ac));
	N(lwsac_extend(NULL, 1));
	V(lwsac_info(NULL));
	N(lwsac_total_alloc(NULL));
	N(lwsac_total_overhead(NULL));
	P(lwsac_scan_extant(NULL, buf, 1, 0));
	N(lwsac_get_tail_pos(NULL));
	P(lwsac_get_next(NULL));
	V(lwsac_use_cached_file_start(NULL));
	V(lwsac_use_cached_file_end(NULL));
	V(lwsac_use_cached_file_end(&cf));
	V(lwsac_use_cached_file_detach(&cf));
	N(lwsac_cached_file(NULL, &cf, &len));
	ring = lws_ring_create(4, 4, NULL);
	V(lws_ring_destroy(NULL));
	N(lws_ring_insert(ring, NULL, 0));
	N(lws_ring_insert(NULL, buf, 1));
	N(lws_ring_consume(ring, NULL, buf, 1));
	N(lws_ring_consume(ring, &tail, NULL, 1));
	N((lws_ring_insert(ring, buf, 1), lws_ring_consume(ring, &tail, NULL, 1)));
	N((lws_ring_insert(ring, buf, 1), lws_ring_consume(ring, NULL, buf, 1)));
	P((lws_ring_insert(ring, buf, 1), lws_ring_get_element(ring, NULL)));
	P(lws_ring_get_element(ring, NULL));
	N(lws_ring_get_count_waiting_elements(ring, NULL));
	N(lws_ring_get_count_free_elements(NULL));
	N(lws_ring_next_linear_insert_range(ring, NULL, &len));
	N(lws_ring_next_linear_insert_range(ring, &start, NULL));
	V(lws_ring_dump(ring, NULL));
	V(lws_dll2_remove(NULL));
	V(lws_dll2_remove(&d));
	V(lws_dll2_add_head(NULL, &own));
	V(lws_dll2_add_head(&d, NULL));
	V(lws_dll2_add_tail(NULL, &own));
	V(lws_dll2_add_before(&d, NULL));
	V(lws_dll2_clear(NULL));
	V(lws_dll2_owner_clear(NULL));
	N(lws_dll2_foreach_safe(&own, NULL, NULL));
	P(_lws_dll2_search_sz_pl(&own, NULL, 0, 0, 0));
	V(lws_list_ptr_insert(NULL, NULL, NULL));
	V(lws_sul_cancel(NULL));
}

static void
others(void)
{
	static struct lws_context_creation_info info;
	static lws_fop_flags_t flags = LWS_O_RDONLY;
	static char name[32];
	static uint16_t tries;
	static lws_smd_class_t none;

	(void)none;
	P(lws_create_context(NULL));
	V(lws_context_destroy(NULL));
#if !V43 /* Debian's so.19 does not export it */
	V(lws_context_destroy2(NULL));
#endif
	V(lws_vhost_destroy(NULL));
	P(lws_create_vhost(NULL, &info));
	N(lws_service(NULL, 0));
	N(lws_service_tsi(NULL, 0, 0));
	V(lws_cancel_service(NULL));
	V(lws_cancel_service_pt(NULL));
	P(lws_get_vhost_by_name(NULL, "a"));
	P(lws_client_connect_via_info(NULL));
	N(lws_write(NULL, NULL, 0, LWS_WRITE_TEXT));
	N(lws_callback_on_writable(NULL));
	N(lws_callback_on_writable_all_protocol(NULL, NULL));
	V(lws_set_timeout(NULL, NO_PENDING_TIMEOUT, 0));
	P(lws_wsi_user(NULL));
	P(lws_get_context(NULL));
	P(lws_get_protocol(NULL));
	P(lws_get_vhost(NULL));
	P(lws_get_parent(NULL));
	P(lws_get_network_wsi(NULL));
	N(lws_get_socket_fd(NULL));
	N(lws_is_ssl(NULL));
	N(lws_is_cgi(NULL));
	N(lws_is_final_fragment(NULL));
	N(lws_remaining_packet_payload(NULL));
	N(lws_hdr_total_length(NULL, WSI_TOKEN_HOST));
	P(lws_get_fops(NULL));
	P(lws_vfs_file_open(NULL, "/dev/null", &flags));
	N(lws_vfs_tell(NULL));
	N(lws_vfs_get_length(NULL));
	N(lws_get_random(NULL, name, 4));
	N(lws_hex_random(NULL, name, 4));
	P(lws_canonical_hostname(NULL));
	P(lws_get_peer_simple_fd(-1, NULL, 0));
	P(lws_get_peer_simple(NULL, name, 8));
	N((long)lws_retry_get_delay_ms(NULL, NULL, &tries, NULL) > 0);
	V(lws_smd_msg_free(NULL));
	P(lws_system_get_ops(NULL));
	P(lws_system_get_blob(NULL, LWS_SYSBLOB_TYPE_AUTH, 0));
	V(lws_set_log_level(0, NULL));
	V(lwsl_hexdump_level(LLL_ERR, NULL, 4));
	V(lwsl_hexdump_level(LLL_ERR, NULL, 0));
	N(lwsl_timestamp(LLL_ERR, name, 0));
	N(lwsl_timestamp(LLL_ERR, NULL, 8));
	P(lws_get_library_version());
	P(lws_realloc(NULL, 8, NULL));
	N(lws_plugins_init(NULL, NULL, NULL, NULL, NULL, NULL));
	N(lws_ext_parse_options(NULL, NULL, NULL, NULL, NULL, 0));
	N(lws_finalize_startup(NULL));
	N(lws_context_is_deprecated(NULL));
	P(lws_get_udp(NULL));
}

void
unit_nulls(void)
{
	struct rlimit no_core = { 0, 0 };
	int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);

	setrlimit(RLIMIT_CORE, &no_core);
	dup2(quiet, 2); /* what dies may say so */
	lws_set_log_level(0, NULL);
	strings();
	parsers();
	lists();
	others();
}
