/* The Python face of voicebot::RingPort and voicebot::Gate; appended to pjproject's pjsua2.i. */
%{
#include "gate.hpp"
#include "ringport.hpp"
%}

/* These calls are short and meet no callback: giving up the interpreter lock around them would
 * only let a busy thread delay the audio. */
%nothread voicebot::RingPort::read_up;
%nothread voicebot::RingPort::write_down;
%nothread voicebot::RingPort::clear_down;
%nothread voicebot::RingPort::pending;
%nothread voicebot::RingPort::set_quiet;
%nothread voicebot::RingPort::overruns;
%nothread voicebot::RingPort::ring_fd;
%nothread voicebot::RingPort::take_ready;

%typemap(out) std::string voicebot::RingPort::read_up {
    $result = PyBytes_FromStringAndSize($1.data(), Py_ssize_t($1.size()));
}
%typemap(in) const std::string &pcm (std::string copy) {
    Py_buffer view;
    if (PyObject_GetBuffer($input, &view, PyBUF_SIMPLE) != 0)
        SWIG_fail;
    copy.assign(static_cast<const char *>(view.buf), std::size_t(view.len));
    PyBuffer_Release(&view);
    $1 = &copy;
}
%typemap(freearg) const std::string &pcm "";
%typemap(typecheck, precedence=SWIG_TYPECHECK_STRING) const std::string &pcm {
    $1 = PyObject_CheckBuffer($input) ? 1 : 0;
}

namespace voicebot {
%nodefaultctor RingPort;
class RingPort : public pj::AudioMedia {
public:
    RingPort(int token, unsigned clock_rate_hz, unsigned samples_per_frame, unsigned up_limit_ms);
    virtual ~RingPort();
    std::string read_up();
    void write_down(const std::string &pcm);
    unsigned clear_down();
    unsigned pending() const;
    void set_quiet(bool quiet);
    unsigned overruns() const;
    static int ring_fd();
    static std::vector<int> take_ready();
};

void set_log_level(int level);

%nodefaultctor Gate;
class Gate {
public:
    static void install();
    static bool allow(const std::string &address, unsigned prefix_length);
    static unsigned dropped();
};
}
