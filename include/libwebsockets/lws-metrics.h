/* SPDX-License-Identifier: MIT
 *
 * Measurements of what the library does. Debian's build and this one take none: the
 * macros are nothing, and the functions are declared for source compatibility. Part of
 * libwebsockets.h; include that.
 */

/** What is measured: microseconds, bytes, times. */
typedef uint64_t u_mt_t;

/** lws_metric_pub_t.flags: what a metric is and when it is told of. */
enum {
	LWSMTFL_REPORT_OUTLIERS		 = (1 << 0), /**< values out of bounds */
	LWSMTFL_REPORT_OOB		 = (1 << 1), /**< each value at once */
	LWSMTFL_REPORT_INACTIVITY_AT_PERIODIC = (1 << 2),
	/**< also when nothing was measured in the period */
	LWSMTFL_REPORT_MEAN		 = (1 << 3),
	/**< mean, min and max mean something; without it the sum only does */
	LWSMTFL_REPORT_ONLY_GO		 = (1 << 4), /**< nothing of it can fail */
	LWSMTFL_REPORT_DUTY_WALLCLOCK_US = (1 << 5),
	/**< the sum is a part of the time that went by, in µs */
	LWSMTFL_REPORT_HIST		 = (1 << 6), /**< u.hist is used, not u.agg */
};

/** A name and a value that tell one kind of event from others, as "method" and "GET".
 * The value is behind the struct. */
typedef struct lws_metrics_tag {
	lws_dll2_t list;	/**< with the event's others */
	const char *name;	/**< not copied */
} lws_metrics_tag_t;

/** One outcome of a histogram, and how often it was. A byte with the length of its
 * name, the name and a NUL are behind the struct. */
typedef struct lws_metric_bucket {
	struct lws_metric_bucket *next;	/**< or NULL */
	uint64_t count;			/**< times */
} lws_metric_bucket_t;

/** The length of a bucket's name. */
#define lws_metric_bucket_name_len(_b) (*((uint8_t *)&(_b)[1]))
/** The name. */
#define lws_metric_bucket_name(_b) (((const char *)&(_b)[1]) + 1)

/** One metric: what was measured since it was last reported. */
typedef struct lws_metric_pub {
	const char *name;	/**< what is measured: "n.cn.dns" */
	void *backend_opaque;	/**< the reporter's own */

	lws_usec_t us_first;	/**< when measuring began, or the last report was */
	lws_usec_t us_last;	/**< when the last value came; 0: none since the report */
	lws_usec_t us_dumped;	/**< when it was last reported; 0: never */

	union {
		struct {
			u_mt_t sum[2];	   /**< of METRES_GO and METRES_NOGO values */
			u_mt_t min;	   /**< the lowest */
			u_mt_t max;	   /**< the highest */
			uint32_t count[2]; /**< how many values are in each sum */
		} agg;			   /**< values that are added up */
		struct {
			lws_metric_bucket_t *head; /**< the first outcome */
			uint64_t total_count;	   /**< of all */
			uint32_t list_size;	   /**< how many outcomes */
		} hist;				   /**< with LWSMTFL_REPORT_HIST */
	} u;					   /**< by kind */

	uint8_t flags;		/**< LWSMTFL_* */
} lws_metric_pub_t;

struct lws_metric;

/** A time being taken. */
typedef struct lws_metric_caliper {
	struct lws_dll2_owner mtags_owner; /**< the event's tags */
	struct lws_metric *mt;		   /**< what it goes to; NULL: not in use */
	lws_usec_t us_start;		   /**< since when; 0: not in use */
} lws_metric_caliper_t;

/** \name Taking times
 * What the library does where it takes times: nothing.
 */
///@{
#define lws_metrics_caliper_compose(_name)
#define lws_metrics_caliper_bind(_name, _mt)
#define lws_metrics_caliper_declare(_name, _mp)
#define lws_metrics_caliper_report(_name, _go_nogo)
#define lws_metrics_caliper_report_hist(_name, pwsiconn)
#define lws_metrics_caliper_cancel(_name)
#define lws_metrics_caliper_done(_name)
#define lws_metrics_hist_bump(_mt, _name)
#define lws_metrics_hist_bump_priv(_mt, _name)
#define lws_metrics_tag_wsi_add(_a, _b, _c)
///@}

/** Kinds of values in a report. */
enum {
	LMT_NORMAL = 0,	/**< of what went well */
	LMT_OUTLIER,	/**< of what went well, but out of bounds */
	LMT_FAIL,	/**< of what failed */

	LMT_COUNT,	/**< how many kinds there are */
};

/** Why there is a report. */
typedef enum lws_metric_rpt {
	LMR_PERIODIC = 0, /**< it was time */
	LMR_OUTLIER,	  /**< a value was out of bounds */
} lws_metric_rpt_kind_t;

#define METRES_GO	0 /**< it went well */
#define METRES_NOGO	1 /**< it failed */

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_EXTERN LWS_VISIBLE int
lws_metrics_tag_add(lws_dll2_owner_t *owner, const char *name, const char *val);

LWS_EXTERN LWS_VISIBLE void
lws_metrics_tags_destroy(lws_dll2_owner_t *owner);

LWS_EXTERN LWS_VISIBLE size_t
lws_metrics_tags_serialize(lws_dll2_owner_t *owner, char *buf, size_t len);

LWS_EXTERN LWS_VISIBLE const char *
lws_metrics_tag_get(lws_dll2_owner_t *owner, const char *name);

LWS_EXTERN LWS_VISIBLE void
lws_metrics_hist_bump_priv_tagged(lws_metric_pub_t *mt, lws_dll2_owner_t *tow,
				  lws_dll2_owner_t *tow2);

LWS_EXTERN LWS_VISIBLE int
lws_metrics_format(lws_metric_pub_t *pub, lws_metric_bucket_t **sub,
		   char *buf, size_t len);

LWS_EXTERN LWS_VISIBLE int
lws_metrics_hist_bump_(lws_metric_pub_t *pub, const char *name);

LWS_VISIBLE LWS_EXTERN int
lws_metrics_foreach(struct lws_context *ctx, void *user,
		    int (*cb)(lws_metric_pub_t *pub, void *user));

LWS_VISIBLE LWS_EXTERN int
lws_metrics_hist_bump_describe_wsi(struct lws *wsi, lws_metric_pub_t *pub,
				   const char *name);
///@}
