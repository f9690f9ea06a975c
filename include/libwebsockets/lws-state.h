/* SPDX-License-Identifier: MIT */
/**
 * \file lws-state.h
 * State managers: a state counted upwards in steps, with notifiers that see
 * each step before and after it happens and may refuse it.
 *
 * Call everything here on the event loop thread.
 */

struct lws_state_notify_link;
struct lws_state_manager;

/**
 * A notifier.
 *
 * \param mgr: the state manager
 * \param link: the registration this call is for
 * \param current: the state it is in
 * \param target: the state it is about to enter; equal to \p current when the
 *		  change has happened
 *
 * Return 0 to agree. Nonzero refuses the change, and the notifier is then to
 * start the transition again when what it waits for is there.
 */
typedef int (*lws_state_notify_t)(struct lws_state_manager *mgr,
				  struct lws_state_notify_link *link,
				  int current, int target);

/** A notifier's registration. The caller owns it, while it is listed too. */
typedef struct lws_state_notify_link {
	lws_dll2_t		list;		/**< zero when not registered */
	lws_state_notify_t	notify_cb;	/**< the function to call */
	const char		*name;		/**< for the log */
} lws_state_notify_link_t;

/** A state manager. */
typedef struct lws_state_manager {
	lws_dll2_owner_t	notify_list;	/**< the notifiers */
	struct lws_context	*context;	/**< where SMD messages go */
	void			*parent;	/**< for the user; not looked at */
	lws_smd_class_t		smd_class;	/**< SMD class of changes, or 0 */
	const char		**state_names;	/**< names, or NULL */
	const char		*name;		/**< for the log */
	int			state;		/**< the state it is in */
} lws_state_manager_t;

/**
 * Register a notifier; the latest registered is the first to be called.
 *
 * \param mgr: the state manager
 * \param nl: the detached registration, which must stay valid until it is
 *	      deregistered or the manager is gone
 */
LWS_EXTERN LWS_VISIBLE void
lws_state_reg_notifier(lws_state_manager_t *mgr, lws_state_notify_link_t *nl);

/** Take a notifier off its manager; harmless if it is on none. */
LWS_EXTERN LWS_VISIBLE void
lws_state_reg_deregister(lws_state_notify_link_t *nl);

/** Register, in order, an array of pointers ended by NULL (or no array). */
LWS_EXTERN LWS_VISIBLE void
lws_state_reg_notifier_list(lws_state_manager_t *mgr,
			    lws_state_notify_link_t * const *nl);

/**
 * Climb to a state one step at a time, as far as the notifiers agree.
 *
 * \param mgr: the state manager
 * \param target: the state to reach; one below the present state is ignored
 *
 * Every step calls the notifiers with (state, state + 1) and, if none of them
 * refused, with (state + 1, state + 1); then, if smd_class is set, the message
 * {"state":"NAME"} is sent, which needs state_names. Always returns 0:
 * mgr->state tells how far it got.
 */
LWS_EXTERN LWS_VISIBLE int
lws_state_transition_steps(lws_state_manager_t *mgr, int target);

/** As lws_state_transition_steps(), but straight to \p target in one step. */
LWS_EXTERN LWS_VISIBLE int
lws_state_transition(lws_state_manager_t *mgr, int target);
