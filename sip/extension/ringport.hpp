/* A media port that carries one call's audio between the conference bridge and the application
 * through two queues, without ever calling back into the application: the media thread takes no
 * interpreter lock, so a busy or stalled program costs latency, never frames on the wire.
 *
 * Audio is signed 16-bit mono PCM in frames of samples_per_frame. All ports share one eventfd.
 */
#pragma once

#include <pjsua2.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace voicebot {

/* What the ports that have news share: their tokens, and the descriptor that says so. */
class Bell {
public:
    static Bell &instance() {
        static Bell bell;
        return bell;
    }
    int fd() const { return fd_; }

    void ring(int token) {
        std::lock_guard<std::mutex> guard(lock_);
        if (std::find(waiting_.begin(), waiting_.end(), token) == waiting_.end())
            waiting_.push_back(token);
        if (waiting_.size() > 1)
            return; /* rung already, not taken yet */
        const std::uint64_t one = 1;
        if (write(fd_, &one, sizeof one) < 0) { /* can only be full, and then it is readable */
        }
    }
    std::vector<int> take() {
        std::lock_guard<std::mutex> guard(lock_);
        std::uint64_t count;
        if (read(fd_, &count, sizeof count) < 0) { /* nothing rung since */
        }
        std::vector<int> tokens;
        tokens.swap(waiting_);
        return tokens;
    }

private:
    Bell() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
    const int fd_;
    std::mutex lock_;
    std::vector<int> waiting_;
};

class RingPort : public pj::AudioMedia {
public:
    /* token: what take_ready() calls this port. up_limit_ms: how much caller audio is kept for a
     * program that does not read; the oldest goes first. */
    RingPort(int token, unsigned clock_rate_hz, unsigned samples_per_frame, unsigned up_limit_ms);
    virtual ~RingPort();

    /* Caller audio since the last call: whole frames, possibly none. */
    std::string read_up();
    /* Queue audio to be played. */
    void write_down(const std::string &pcm);
    /* Drop audio not played yet; returns bytes dropped. */
    unsigned clear_down();
    /* Bytes not played yet. */
    unsigned pending() const;
    /* Neither keep caller audio nor ring the bell (the call is bridged elsewhere). */
    void set_quiet(bool quiet);
    /* Frames lost because nobody read in time. */
    unsigned overruns() const;

    static int ring_fd() { return Bell::instance().fd(); }
    static std::vector<int> take_ready() { return Bell::instance().take(); }

private:
    static pj_status_t on_put(pjmedia_port *port, pjmedia_frame *frame);
    static pj_status_t on_get(pjmedia_port *port, pjmedia_frame *frame);
    static pj_status_t on_destroy(pjmedia_port *port);
    void put(const pjmedia_frame *frame);
    void get(char *out, std::size_t size);

    struct Link { /* outlives the port object: the bridge lets go of ports later */
        RingPort *self;
        pj_pool_t *pool;
    };

    const int token_;
    const std::size_t frame_bytes_, up_limit_;
    pj_pool_t *pool_;
    pjmedia_port *port_;
    mutable std::mutex lock_;
    std::string up_, silence_;
    std::deque<std::string> down_;
    std::size_t down_offset_ = 0, pending_ = 0;
    unsigned unheard_ticks_ = 0, overruns_ = 0;
    bool quiet_ = false;
};

inline RingPort::RingPort(int token, unsigned clock_rate_hz, unsigned samples_per_frame,
                          unsigned up_limit_ms)
    : token_(token), frame_bytes_(samples_per_frame * 2),
      up_limit_(std::size_t(clock_rate_hz) * up_limit_ms / 1000 * 2), silence_(frame_bytes_, '\0') {
    pool_ = pjsua_pool_create("ring%p", 512, 512);
    if (!pool_)
        throw pj::Error(PJ_ENOMEM, "RingPort", "", __FILE__, __LINE__);
    port_ = PJ_POOL_ZALLOC_T(pool_, pjmedia_port);
    pj_str_t name = pj_str(const_cast<char *>("ring"));
    pjmedia_port_info_init(&port_->info, &name, PJMEDIA_SIG_CLASS_APP('R', 'N', 'G'),
                           clock_rate_hz, 1, 16, samples_per_frame);
    port_->port_data.pdata = new Link{this, pool_};
    port_->put_frame = &RingPort::on_put;
    port_->get_frame = &RingPort::on_get;
    port_->on_destroy = &RingPort::on_destroy;
    pj_status_t status = pjmedia_port_init_grp_lock(port_, pool_, nullptr);
    if (status != PJ_SUCCESS)
        throw pj::Error(status, "RingPort", "", __FILE__, __LINE__);
    registerMediaPort2(port_, pool_);
}

inline RingPort::~RingPort() {
    try {
        unregisterMediaPort();
    } catch (const pj::Error &) { /* the library is already shut down */
    }
    if (port_->grp_lock) {
        pj_grp_lock_acquire(port_->grp_lock);
        static_cast<Link *>(port_->port_data.pdata)->self = nullptr;
        pj_grp_lock_release(port_->grp_lock);
    }
    pjmedia_port_destroy(port_); /* frees port_ once the bridge, which is asynchronous, lets go */
}

inline std::string RingPort::read_up() {
    std::lock_guard<std::mutex> guard(lock_);
    std::string taken;
    taken.swap(up_);
    return taken;
}

inline void RingPort::write_down(const std::string &pcm) {
    if (pcm.empty())
        return;
    std::lock_guard<std::mutex> guard(lock_);
    down_.push_back(pcm);
    pending_ += pcm.size();
}

inline unsigned RingPort::clear_down() {
    std::lock_guard<std::mutex> guard(lock_);
    const unsigned dropped = unsigned(pending_);
    down_.clear();
    down_offset_ = pending_ = 0;
    return dropped;
}

inline unsigned RingPort::pending() const {
    std::lock_guard<std::mutex> guard(lock_);
    return unsigned(pending_);
}

inline void RingPort::set_quiet(bool quiet) {
    std::lock_guard<std::mutex> guard(lock_);
    quiet_ = quiet;
    up_.clear();
}

inline unsigned RingPort::overruns() const {
    std::lock_guard<std::mutex> guard(lock_);
    return overruns_;
}

inline void RingPort::put(const pjmedia_frame *frame) {
    {
        std::lock_guard<std::mutex> guard(lock_);
        /* On hold nobody fetches what is to be played: time goes on all the same. */
        if (++unheard_ticks_ > 3 && pending_)
            get(nullptr, frame_bytes_);
        if (quiet_)
            return;
        if (up_.size() + frame_bytes_ > up_limit_) {
            up_.erase(0, frame_bytes_);
            ++overruns_;
        }
        if (frame->type == PJMEDIA_FRAME_TYPE_AUDIO && frame->size == frame_bytes_)
            up_.append(static_cast<const char *>(frame->buf), frame_bytes_);
        else
            up_.append(silence_);
    }
    Bell::instance().ring(token_);
}

/* With lock_ held. Short of audio, the rest of the frame is silence. */
inline void RingPort::get(char *out, std::size_t size) {
    std::size_t done = 0;
    while (done < size && !down_.empty()) {
        const std::string &chunk = down_.front();
        const std::size_t part = std::min(size - done, chunk.size() - down_offset_);
        if (out)
            chunk.copy(out + done, part, down_offset_);
        done += part;
        down_offset_ += part;
        if (down_offset_ == chunk.size()) {
            down_.pop_front();
            down_offset_ = 0;
        }
    }
    pending_ -= done;
    if (out)
        std::fill(out + done, out + size, '\0');
}

inline pj_status_t RingPort::on_put(pjmedia_port *port, pjmedia_frame *frame) {
    pj_grp_lock_acquire(port->grp_lock);
    if (RingPort *self = static_cast<Link *>(port->port_data.pdata)->self)
        self->put(frame);
    pj_grp_lock_release(port->grp_lock);
    return PJ_SUCCESS;
}

inline pj_status_t RingPort::on_get(pjmedia_port *port, pjmedia_frame *frame) {
    pj_grp_lock_acquire(port->grp_lock);
    if (RingPort *self = static_cast<Link *>(port->port_data.pdata)->self) {
        std::lock_guard<std::mutex> guard(self->lock_);
        self->unheard_ticks_ = 0;
        self->get(static_cast<char *>(frame->buf), self->frame_bytes_);
        frame->size = self->frame_bytes_;
        frame->type = PJMEDIA_FRAME_TYPE_AUDIO;
    } else {
        frame->size = 0;
        frame->type = PJMEDIA_FRAME_TYPE_NONE;
    }
    pj_grp_lock_release(port->grp_lock);
    return PJ_SUCCESS;
}

inline pj_status_t RingPort::on_destroy(pjmedia_port *port) {
    Link *link = static_cast<Link *>(port->port_data.pdata);
    pj_pool_t *pool = link->pool;
    delete link;
    pj_pool_release(pool);
    return PJ_SUCCESS;
}

} // namespace voicebot
