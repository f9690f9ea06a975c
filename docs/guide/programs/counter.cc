// SPDX-License-Identifier: MIT
//
// The library in a C++ program: a class for the server, one for each session, and no
// exception that leaves a callback.
//
//	counter [PORT]

#include <libwebsockets.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>

namespace {

lws_context *context;
volatile std::sig_atomic_t stopped;

void stop(int)
{
	stopped = 1;
	lws_cancel_service(context);
}

// What a client is told: how often each word has come.
class Session {
public:
	std::string hear(const std::string &word)
	{
		if (word.empty())
			throw std::invalid_argument("an empty word");
		return word + ": " + std::to_string(++words_[word]);
	}

private:
	std::map<std::string, int> words_;
};

// The library's memory for each connection is zeroed, not constructed: it has pointers.
struct Slot {
	Session *session;
	std::string *answer;
};

int serve(lws *wsi, lws_callback_reasons reason, Slot *s, const char *in, std::size_t len)
{
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		s->session = new Session;
		s->answer = new std::string;
		break;
	case LWS_CALLBACK_RECEIVE:
		*s->answer = s->session->hear(len ? std::string(in, len) : std::string());
		lws_rx_flow_control(wsi, 0);
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE: {
		if (s->answer->empty())
			break;
		std::string buf(LWS_PRE, '\0');
		buf += *s->answer;
		const int n = static_cast<int>(s->answer->size());
		if (lws_write(wsi, reinterpret_cast<unsigned char *>(&buf[LWS_PRE]), s->answer->size(), LWS_WRITE_TEXT) < n)
			return -1;
		s->answer->clear();
		lws_rx_flow_control(wsi, 1);
		break;
	}
	case LWS_CALLBACK_CLOSED:
		delete s->session;
		delete s->answer;
		break;
	default:
		break;
	}
	return 0;
}

extern "C" int callback(lws *wsi, lws_callback_reasons reason, void *user, void *in, std::size_t len)
{
	try {
		return serve(wsi, reason, static_cast<Slot *>(user), static_cast<const char *>(in), len);
	} catch (const std::exception &e) { // the library's frames know nothing of exceptions
		lwsl_err("%s\n", e.what());
		return -1;
	}
}

const lws_protocols protocols[] = {
	{"count", callback, sizeof(Slot), 256, 0, nullptr, 0},
	{nullptr, nullptr, 0, 0, 0, nullptr, 0},
};

} // namespace

int main(int argc, char **argv)
{
	lws_context_creation_info info;
	std::memset(&info, 0, sizeof info);
	info.port = argc > 1 ? std::atoi(argv[1]) : 7681;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	std::signal(SIGINT, stop);
	std::signal(SIGTERM, stop);
	while (!stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
