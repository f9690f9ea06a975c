/* SPDX-License-Identifier: MIT */
/**
 * \file lws-test-sequencer.h
 * Runs unit tests of abstract protocols one after another.
 */

/** Called when all tests have ended. */
typedef void (*lws_test_sequence_cb)(const void *cb_user);

/** Arguments of lws_abs_unit_test_sequencer(). */
typedef struct lws_test_sequencer_args {
	lws_abs_t		*abs;		/**< what is tested */
	lws_unit_test_t		*tests;		/**< ended by a NULL name */
	int			*results;	/**< one result for each test */
	int			results_max;	/**< room there */
	int			*count_tests;	/**< set to the tests run */
	int			*count_passes;	/**< and those that passed */
	lws_test_sequence_cb	cb;		/**< called at the end */
	void			*cb_user;	/**< handed to cb */
} lws_test_sequencer_args_t;

/** Declared for source compatibility; not in the library. */
LWS_VISIBLE LWS_EXTERN int
lws_abs_unit_test_sequencer(const lws_test_sequencer_args_t *args);
