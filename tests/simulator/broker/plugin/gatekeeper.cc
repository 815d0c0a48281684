// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/broker/plugin/gatekeeper.h"

#include <malloc.h>
#include <mosquitto.h>
#include <string.h>

#include <chrono>
#include <utility>

#include "tests/simulator/broker/control_topics.h"
#include "tests/simulator/broker/plugin/topics.h"

namespace cardata::sim {
namespace {

using Json = nlohmann::json;

constexpr uint8_t kSessionTakenOver = 0x8E;

double Now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string Text(const char* text) { return text == nullptr ? "" : text; }

bool IsPublisher(const mosquitto* client) {
  const char* name = mosquitto_client_username(client);
  return name != nullptr && strcmp(name, kPublisherName) == 0;
}

// Mosquitto 2.0.11 has no function for it, but hands out its own buffer and hashes it only after
// authentication.
bool RewriteClientId(const mosquitto* client, const std::string& id) {
  char* buffer = const_cast<char*>(mosquitto_client_id(client));
  if (buffer == nullptr || malloc_usable_size(buffer) <= id.size()) return false;
  memcpy(buffer, id.c_str(), id.size() + 1);
  return true;
}

}  // namespace

Gatekeeper::Gatekeeper(Options options) : options_(std::move(options)) {
  if (!internals_.complete()) {
    mosquitto_log_printf(
        MOSQ_LOG_WARNING,
        "cardata-sim: this Mosquitto hides send__connack or send__disconnect; every refusal is "
        "5 or 0x87, and a takeover has no notice");
  }
}

void Gatekeeper::Record(const char* what, const std::string& gcid, Json details) {
  details["event"] = what;
  details["gcid"] = gcid;
  const std::string payload = details.dump(-1, ' ', false, Json::error_handler_t::replace);
  mosquitto_broker_publish_copy(nullptr, kEventTopic, static_cast<int>(payload.size()),
                                payload.data(), 0, false, nullptr);
}

bool Gatekeeper::Obey(const std::string& text) {
  const Json command = Json::parse(text, nullptr, false);
  if (!command.is_object() || !command.contains("gcid") || !command["gcid"].is_string())
    return false;
  const std::string gcid = command["gcid"];
  if (command.contains("reset")) admission_.ClearBehaviours();
  if (command.contains("behaviour")) {
    Behaviour behaviour;
    if (!Patch(command["behaviour"], behaviour).empty()) return false;
    admission_.SetBehaviour(gcid, behaviour);
  } else if (command.contains("disconnect") && command["disconnect"].is_number_unsigned()) {
    if (auto* holder = admission_.FindByGcid(gcid))
      Cut(holder, command["disconnect"].get<uint8_t>());
  } else if (command.contains("reject_token") && command["reject_token"].is_number_unsigned()) {
    admission_.RejectLastToken(gcid, command["reject_token"].get<uint8_t>());
  } else {
    return command.contains("reset");
  }
  return true;
}

int Gatekeeper::OnBasicAuth(mosquitto_evt_basic_auth& event) {
  Admission::Attempt attempt{.connection = event.client,
                             .gcid = Text(event.username),
                             .client_id = Text(mosquitto_client_id(event.client)),
                             .protocol = mosquitto_client_protocol_version(event.client),
                             .keep_alive = mosquitto_client_keepalive(event.client),
                             .token = {},
                             .password = Text(event.password)};
  if (attempt.gcid == kPublisherName) {
    return attempt.password == options_.publisher_secret ? MOSQ_ERR_SUCCESS : MOSQ_ERR_AUTH;
  }
  attempt.token = ReadIdToken(attempt.password, options_.public_key, attempt.gcid);
  const Admission::Decision decision = admission_.Connect(attempt, Now());
  if (decision.verdict != Admission::Decision::Verdict::kAdmit)
    return Refuse(event.client, attempt, decision);
  if (decision.evicted != nullptr) Cut(decision.evicted, kSessionTakenOver);
  if (!RewriteClientId(event.client, decision.internal_id)) return MOSQ_ERR_UNKNOWN;
  Record("connect", attempt.gcid,
         {{"client_id", attempt.client_id},
          {"mqtt", attempt.protocol},
          {"keep_alive", attempt.keep_alive},
          {"clean_start", mosquitto_client_clean_session(event.client)},
          {"took_over", decision.evicted != nullptr},
          {"code", 0}});
  return MOSQ_ERR_SUCCESS;
}

int Gatekeeper::Refuse(mosquitto* client, const Admission::Attempt& attempt,
                       const Admission::Decision& decision) {
  const uint8_t code =
      attempt.protocol == 5 ? decision.reason_code : ConnackFor311(decision.reason_code);
  Record("connect", attempt.gcid,
         {{"client_id", attempt.client_id},
          {"mqtt", attempt.protocol},
          {"keep_alive", attempt.keep_alive},
          {"code", code},
          {"why", decision.why}});
  if (decision.verdict == Admission::Decision::Verdict::kClose) return MOSQ_ERR_UNKNOWN;
  return internals_.SendConnack(client, code) ? MOSQ_ERR_UNKNOWN : MOSQ_ERR_AUTH;
}

int Gatekeeper::OnAclCheck(mosquitto_evt_acl_check& event) {
  if (IsPublisher(event.client)) return MOSQ_ERR_SUCCESS;
  const Admission::Session* session = admission_.Find(event.client);
  if (session == nullptr) return MOSQ_ERR_ACL_DENIED;
  switch (event.access) {
    case MOSQ_ACL_READ: {
      const bool delivered = IsOwnTopic(event.topic, session->gcid) &&
                             !muted_.contains(event.client) &&
                             admission_.BehaviourOf(session->gcid).deliver;
      return delivered ? MOSQ_ERR_SUCCESS : MOSQ_ERR_ACL_DENIED;
    }
    case MOSQ_ACL_SUBSCRIBE:
      return OnSubscribe(event.client, Text(event.topic));
    case MOSQ_ACL_UNSUBSCRIBE:
      return MOSQ_ERR_SUCCESS;
    default:
      Record("publish", session->gcid, {{"topic", Text(event.topic)}, {"code", kNotAuthorised}});
      return MOSQ_ERR_ACL_DENIED;
  }
}

int Gatekeeper::OnSubscribe(mosquitto* client, const std::string& filter) {
  const Admission::Session& session = *admission_.Find(client);
  const Behaviour& behaviour = admission_.BehaviourOf(session.gcid);
  const FilterKind kind = Classify(filter, session.gcid);
  const bool allowed =
      kind == FilterKind::kOwn ||
      (kind == FilterKind::kHash && behaviour.hash_filter != Behaviour::HashFilter::kRefuse);
  const bool granted = allowed && behaviour.descriptors_ticked;
  const uint8_t refusal = session.protocol == 5 ? kNotAuthorised : 0x80;
  Record("subscribe", session.gcid, {{"filter", filter}, {"code", granted ? 0 : refusal}});
  if (granted) {
    const bool silent =
        kind == FilterKind::kHash && behaviour.hash_filter == Behaviour::HashFilter::kSilent;
    silent ? void(muted_.insert(client)) : void(muted_.erase(client));
    return MOSQ_ERR_SUCCESS;
  }
  if (!allowed && session.protocol == 5 && behaviour.drop_after_refusal) {
    admission_.CutSoon(client, kNotAuthorised, "topic filter refused");
  }
  return MOSQ_ERR_ACL_DENIED;
}

void Gatekeeper::Cut(Admission::Connection connection, uint8_t reason_code) {
  const Admission::Session* session = admission_.Find(connection);
  if (session == nullptr) return;
  const std::string internal_id = session->internal_id;  // the session goes with the kick
  if (session->protocol == 5) {
    internals_.SendDisconnect(static_cast<mosquitto*>(const_cast<void*>(connection)), reason_code);
  }
  mosquitto_kick_client_by_clientid(internal_id.c_str(), false);
}

int Gatekeeper::OnTick() {
  for (Admission::Connection connection : admission_.Due(Now())) {
    const Admission::Session& session = *admission_.Find(connection);
    Record("cut", session.gcid, {{"code", session.deadline_code}, {"why", session.deadline_why}});
    Cut(connection, session.deadline_code);
  }
  return MOSQ_ERR_SUCCESS;
}

int Gatekeeper::OnDisconnect(mosquitto_evt_disconnect& event) {
  muted_.erase(event.client);
  const Admission::Session session = admission_.Disconnected(event.client, Now());
  if (!session.gcid.empty()) {
    Record("disconnect", session.gcid,
           {{"client_id", session.client_id}, {"reason", event.reason}});
  }
  return MOSQ_ERR_SUCCESS;
}

}  // namespace cardata::sim
