/* Drops what strangers send before anything answers it: no 100, no 401, no 404 to learn from.
 *
 * A request is let in when it comes from an allowed network, or belongs to a dialog that exists
 * (somebody we called may hang up). Responses pass: they are matched to our own requests.
 */
#pragma once

#include <pjsua2.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace voicebot {

/* The library speaks on standard output before its own log settings are read. */
inline void set_log_level(int level) { pj_log_set_level(level); }

class Gate {
public:
    /* Clear the list and put the gate into the library; call after libInit. */
    static void install() {
        networks().clear();
        count() = 0;
        pjsip_module &mod = module();
        mod = pjsip_module();
        mod.name = pj_str(const_cast<char *>("mod-voicebot-gate"));
        mod.id = -1;
        mod.priority = PJSIP_MOD_PRIORITY_TRANSPORT_LAYER + 2; /* before transactions */
        mod.on_rx_request = &Gate::on_request;
        const pj_status_t status =
            pjsip_endpt_register_module(pjsua_get_pjsip_endpt(), &mod);
        if (status != PJ_SUCCESS)
            throw pj::Error(status, "Gate::install", "", __FILE__, __LINE__);
    }
    /* Let an IPv4 network in; false if the address is none. */
    static bool allow(const std::string &address, unsigned prefix_length) {
        in_addr parsed;
        if (prefix_length > 32 || inet_pton(AF_INET, address.c_str(), &parsed) != 1)
            return false;
        const std::uint32_t mask = prefix_length ? ~std::uint32_t(0) << (32 - prefix_length) : 0;
        networks().emplace_back(ntohl(parsed.s_addr) & mask, mask);
        return true;
    }
    /* Requests dropped since install(). */
    static unsigned dropped() { return count(); }

private:
    static pjsip_module &module() {
        static pjsip_module instance;
        return instance;
    }
    static std::vector<std::pair<std::uint32_t, std::uint32_t>> &networks() {
        static std::vector<std::pair<std::uint32_t, std::uint32_t>> list;
        return list;
    }
    static std::atomic<unsigned> &count() {
        static std::atomic<unsigned> dropped_count(0);
        return dropped_count;
    }

    static pj_bool_t on_request(pjsip_rx_data *rdata) {
        const pj_sockaddr *source = &rdata->pkt_info.src_addr;
        if (source->addr.sa_family == pj_AF_INET()) {
            const std::uint32_t address = pj_ntohl(source->ipv4.sin_addr.s_addr);
            for (const auto &network : networks())
                if ((address & network.second) == network.first)
                    return PJ_FALSE;
        }
        const pj_str_t &local_tag = rdata->msg_info.to->tag;
        if (local_tag.slen &&
            pjsip_ua_find_dialog(&rdata->msg_info.cid->id, &local_tag,
                                 &rdata->msg_info.from->tag, PJ_FALSE))
            return PJ_FALSE;
        ++count();
        return PJ_TRUE;
    }
};

} // namespace voicebot
