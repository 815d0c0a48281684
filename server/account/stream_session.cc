// SPDX-License-Identifier: Apache-2.0
#include "server/account/stream_session.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/proto_time.h"
#include "server/error/error.h"
#include "server/telematics/decode.h"

namespace cardata {
namespace {

// How long the old connection may still deliver after the new one took over.
constexpr absl::Duration kTailTime = absl::Seconds(1);
constexpr absl::Duration kLogInterval = absl::Minutes(1);

}  // namespace

StreamSession::StreamSession(const AccountContext& context, AccountRecord& record,
                             TokenCustodian& custodian, absl::Time down_since, std::stop_token stop)
    : context_(context),
      record_(record),
      custodian_(custodian),
      stop_(std::move(stop)),
      machine_(context.settings.stream_retry),
      events_(std::make_shared<Channel<Event>>(context.executor)),
      down_since_(down_since),
      lost_since_steady_(context.clock.SteadyNow()) {
  SetState(v1::STREAM_STATE_OFF);
}

Task<void> StreamSession::Run() {
  LoseDownTime();
  while (!stop_.stop_requested()) {
    absl::StatusOr<Tokens> tokens = co_await custodian_.Replace(refused_token_);
    if (stop_.stop_requested()) break;
    if (absl::Status missing = custodian_.CheckIdToken(); tokens.ok() && !missing.ok())
      tokens = std::move(missing);
    if (!tokens.ok()) {
      const bool needs_login = ReasonOf(tokens.status()) == v1::ERROR_REASON_LOGIN_REQUIRED;
      SetState(needs_login ? v1::STREAM_STATE_OFF : v1::STREAM_STATE_CONNECTING);
      advice_ = needs_login ? "" : std::string(tokens.status().message());
      if (needs_login && lost() && record_.lost_cause != v1::GAP_CAUSE_LOGIN_REQUIRED) {
        record_.lost_cause = v1::GAP_CAUSE_LOGIN_REQUIRED;
        KeepRecord();
      }
      co_await Wait(needs_login ? absl::InfiniteDuration() : context_.settings.token_retry_min);
      continue;
    }
    refused_token_.clear();
    const StreamMachine::Retry retry = co_await ConnectAndHold(*std::move(tokens));
    if (stop_.stop_requested()) break;
    advice_ = retry.advice;
    SetState(retry.contended ? v1::STREAM_STATE_CONTENDED : v1::STREAM_STATE_CONNECTING);
    co_await Wait(retry.delay);
  }
  Close(current_);
}

void StreamSession::Wake() { events_->Push(Woken{}); }

// Old connections' last words are passed over; news of a login ends the wait.
Task<void> StreamSession::Wait(absl::Duration delay) {
  const absl::Time until = context_.clock.Now() + delay;
  while (!stop_.stop_requested()) {
    const absl::Duration left = std::min(until - context_.clock.Now(), absl::Hours(1));
    if (left <= absl::ZeroDuration()) co_return;
    const std::optional<Event> event = co_await events_->Next(left, stop_);
    if (event && std::holds_alternative<Woken>(*event)) co_return;
  }
}

Task<StreamMachine::Retry> StreamSession::ConnectAndHold(Tokens tokens) {
  if (status_.state() != v1::STREAM_STATE_CONTENDED) SetState(v1::STREAM_STATE_CONNECTING);
  current_ = Open(tokens);
  std::optional<StreamMachine::Retry> failed = co_await AwaitLive(*current_);
  if (failed || stop_.stop_requested()) {
    if (failed && failed->force_refresh) refused_token_ = current_->password;
    Close(current_);
    co_return failed.value_or(StreamMachine::Retry{});
  }
  Recover(context_.clock.Now());
  current_->inbox->Release();  // behind the notice of the gap that it ends
  co_return co_await Hold();
}

// nullopt once it is live, or on the way out.
Task<std::optional<StreamMachine::Retry>> StreamSession::AwaitLive(Connection& connection) {
  while (!stop_.stop_requested()) {
    const std::optional<Event> event = co_await events_->Next(absl::Hours(1), stop_);
    const auto* mqtt = event ? std::get_if<std::pair<int, MqttEvent>>(&*event) : nullptr;
    if (mqtt == nullptr || mqtt->first != connection.id) continue;
    if (!std::holds_alternative<MqttLive>(mqtt->second)) co_return Judge(mqtt->second);
    connection.live = true;
    connection.last_heard = context_.clock.Now();
    machine_.OnLive(context_.clock.Now());
    break;
  }
  co_return std::nullopt;
}

// The connection is up: stays until it ends, and changes to the next one before its token expires.
Task<StreamMachine::Retry> StreamSession::Hold() {
  absl::Time renewal = custodian_.RenewalTime();
  while (!stop_.stop_requested()) {
    const absl::Duration left = std::min(renewal - context_.clock.Now(), absl::Hours(1));
    const std::optional<Event> event = co_await events_->Next(left, stop_);
    if (stop_.stop_requested()) break;
    const auto* mqtt = event ? std::get_if<std::pair<int, MqttEvent>>(&*event) : nullptr;
    if (mqtt != nullptr && mqtt->first == current_->id) {
      const StreamMachine::Retry retry = Judge(mqtt->second);
      Lose(WellUntil(*current_, mqtt->second), retry.cause);
      Close(current_);
      co_return retry;
    }
    const bool woken = event && std::holds_alternative<Woken>(*event);
    if (!woken && context_.clock.Now() < renewal) continue;
    absl::StatusOr<Tokens> tokens = co_await custodian_.Get();
    if (stop_.stop_requested()) break;
    if (!tokens.ok() || Password(*tokens) == current_->password) {
      renewal = std::max(custodian_.RenewalTime(),
                         context_.clock.Now() + context_.settings.stream_handover_retry);
      continue;
    }
    if (std::optional<StreamMachine::Retry> failed = co_await HandOver(*tokens)) co_return *failed;
    const bool handed_over = current_->password == Password(*tokens);
    renewal = handed_over ? custodian_.RenewalTime()
                          : context_.clock.Now() + context_.settings.stream_handover_retry;
  }
  co_return StreamMachine::Retry{};
}

// With the same client id the broker moves the session to the newcomer, so the hole is about one
// round trip. Where the newcomer is refused, the old connection is given up first, and the next one
// is made as after a loss.
Task<std::optional<StreamMachine::Retry>> StreamSession::HandOver(Tokens tokens) {
  std::shared_ptr<Connection> old = current_;
  std::shared_ptr<Connection> next = Open(tokens);
  // What was under way on the old connection when it ended was sent after that, as long as a
  // round trip is: so it lies in the gap, too.
  const auto connect_sent = [sent = next->connect_sent] {
    return absl::FromUnixNanos(sent->load());
  };
  std::optional<MqttEvent> refused;
  bool old_ended = false;
  absl::Time live_time;
  absl::Time deadline = absl::InfiniteFuture();
  while (!stop_.stop_requested() && !(next->live && old_ended) && !refused &&
         context_.clock.Now() < deadline) {
    const absl::Duration left = std::min(deadline - context_.clock.Now(), absl::Hours(1));
    const std::optional<Event> event = co_await events_->Next(left, stop_);
    const auto* mqtt = event ? std::get_if<std::pair<int, MqttEvent>>(&*event) : nullptr;
    if (mqtt == nullptr) continue;
    if (mqtt->first == old->id) old_ended = true;
    if (mqtt->first != next->id) continue;
    if (std::holds_alternative<MqttLive>(mqtt->second)) {
      next->live = true;
      live_time = next->last_heard = context_.clock.Now();
      deadline = live_time + kTailTime;
    } else {
      refused = mqtt->second;
    }
  }
  if (stop_.stop_requested()) {
    Close(next);
    co_return StreamMachine::Retry{};
  }
  if (refused) {
    Close(next);
    if (std::holds_alternative<MqttClosed>(*refused) && !old_ended) co_return std::nullopt;
    context_.log.Warning("the stream could not be handed over; reconnecting instead",
                         {{"account", record_.name}});
    Close(current_);
    Lose(connect_sent(), v1::GAP_CAUSE_TOKEN_ROTATION);
    StreamMachine::Retry retry;
    retry.delay = context_.settings.stream_handover_pause;
    co_return retry;
  }
  Close(old);
  AppendGap(std::min(connect_sent(), live_time), live_time, v1::GAP_CAUSE_TOKEN_ROTATION,
            v1::GAP_LOSS_POSSIBLE);
  current_ = next;
  machine_.OnLive(live_time);
  Recover(live_time);
  next->inbox->Release();
  co_return std::nullopt;
}

StreamMachine::Retry StreamSession::Judge(const MqttEvent& event) {
  const absl::Time now = context_.clock.Now();
  const double uniform = context_.random.Uniform();
  StreamMachine::Retry retry;
  std::string what;
  if (const auto* refused = std::get_if<MqttRefused>(&event)) {
    retry = machine_.OnEnd(*refused, now, uniform);
    what = absl::StrCat("CONNACK ", refused->code);
  } else if (const auto* subscribe = std::get_if<MqttSubscribeRefused>(&event)) {
    retry = machine_.OnEnd(*subscribe, now, uniform);
    what = absl::StrCat("SUBACK ", subscribe->code);
  } else if (const auto* closed = std::get_if<MqttClosed>(&event)) {
    retry = machine_.OnEnd(*closed, now, uniform);
    what = closed->reason;
  }
  context_.log.Warning("stream ended", {{"account", record_.name},
                                        {"why", what},
                                        {"cause", v1::GapCause_Name(retry.cause)},
                                        {"retry_in", absl::FormatDuration(retry.delay)},
                                        {"new_token", retry.force_refresh ? "yes" : "no"}});
  return retry;
}

const std::string& StreamSession::Password(const Tokens& tokens) const {
  return context_.settings.stream_password == AccountSettings::StreamPassword::kAccessToken
             ? tokens.access_token
             : tokens.id_token;
}

std::shared_ptr<StreamSession::Connection> StreamSession::Open(const Tokens& tokens) {
  auto connection = std::make_shared<Connection>();
  connection->id = ++last_id_;
  connection->connect_sent =
      std::make_shared<std::atomic<int64_t>>(ToUnixNanos(context_.clock.Now()));
  connection->password = Password(tokens);

  MqttOptions options;
  options.host = context_.settings.stream_host;
  options.port = context_.settings.stream_port;
  options.ca_file = context_.settings.ca_file;
  options.version = context_.settings.mqtt_version;
  options.keep_alive = context_.settings.stream_keep_alive;
  options.connect_timeout = context_.settings.stream_connect_timeout;
  options.subscribe_timeout = context_.settings.stream_subscribe_timeout;
  options.client_id = record_.gcid;  // constant, so that a take-over is possible
  options.username = record_.gcid;
  options.password = connection->password;
  options.topic = absl::StrCat(record_.gcid, "/+");

  // The session lives until its tasks have ended; a connection that was given up may speak for a
  // moment longer.
  const std::weak_ptr<Connection> weak = connection;
  connection->inbox = std::make_shared<StreamInbox>(
      context_.executor, context_.clock, [this, weak](std::vector<StreamMessage> messages) {
        if (const auto alive = weak.lock()) Deliver(*alive, std::move(messages));
      });
  MqttHandlers handlers;
  handlers.on_message = [inbox = connection->inbox](absl::string_view topic,
                                                    absl::string_view payload) {
    inbox->Push(topic, payload);
  };
  handlers.on_event = [&executor = context_.executor, events = events_,
                       id = connection->id](MqttEvent event) {
    executor.Post([events, id, event = std::move(event)] { events->Push(std::pair(id, event)); });
  };
  handlers.on_connect_sent = [sent = connection->connect_sent, &clock = context_.clock] {
    sent->store(ToUnixNanos(clock.Now()));
  };
  context_.stats.stream_connects.Add();
  connection->mqtt = context_.mqtt.Open(options, std::move(handlers));
  return connection;
}

void StreamSession::Close(std::shared_ptr<Connection>& connection) {
  if (!connection) return;
  connection->mqtt.reset();  // no message comes after this
  connection->inbox->Release();
  connection.reset();
}

void StreamSession::Deliver(Connection& connection, std::vector<StreamMessage> messages) {
  connection.last_heard = messages.back().receive_time;
  for (const StreamMessage& message : messages) Accept(message);
}

void StreamSession::Accept(const StreamMessage& message) {
  if (message.dropped > 0) {
    context_.stats.stream_messages_dropped.Add(message.dropped);
    context_.log.Warning("stream messages were dropped: more arrived than could be held",
                         {{"account", record_.name}, {"dropped", absl::StrCat(message.dropped)}});
    return AppendGap(message.first_receive_time, message.receive_time, v1::GAP_CAUSE_OVERLOAD,
                     v1::GAP_LOSS_CERTAIN);
  }
  context_.stats.stream_messages.Add();
  absl::StatusOr<std::vector<Sample>> samples =
      DecodeStreamMessage(record_.gcid, message.topic, message.payload, context_.catalogue);
  if (!samples.ok()) {
    ++malformed_;
    context_.stats.stream_messages_refused.Add();
    if (message.receive_time - malformed_logged_ >= kLogInterval) {
      malformed_logged_ = message.receive_time;
      context_.log.Warning("a stream message was refused",
                           {{"account", record_.name},
                            {"why", std::string(samples.status().message())},
                            {"refused_so_far", absl::StrCat(malformed_)}});
    }
    return;
  }
  *status_.mutable_last_event_time() = ToProto(message.receive_time);
  context_.event_log.AppendSamples(record_.name, *std::move(samples), message.receive_time,
                                   v1::EVENT_SOURCE_STREAM);
  context_.upstream.Touch(record_.name, message.receive_time,
                          context_.event_log.keys().VehicleCount(record_.name));
}

void StreamSession::Lose(absl::Time since, v1::GapCause cause) {
  if (lost()) return;
  record_.lost_since = since;
  record_.lost_cause = cause;
  lost_since_steady_ = context_.clock.SteadyNow();
  KeepRecord();
}

// A stream that was lost already when the gateway went down was lost for that reason until then.
void StreamSession::LoseDownTime() {
  if (down_since_ == absl::InfiniteFuture()) return;
  if (lost() && record_.lost_since < down_since_)
    AppendGap(record_.lost_since, down_since_, static_cast<v1::GapCause>(record_.lost_cause),
              v1::GAP_LOSS_CERTAIN);
  record_.lost_since = down_since_;
  record_.lost_cause = v1::GAP_CAUSE_GATEWAY_DOWN;
  KeepRecord();
}

// A clock that was set back meanwhile must not make the gap too short: what the steady clock saw of
// it lies in it, too.
void StreamSession::Recover(absl::Time live_time) {
  if (lost()) {
    const absl::Duration seen = context_.clock.SteadyNow() - lost_since_steady_;
    context_.stats.stream_lost += seen;
    AppendGap(std::min(record_.lost_since, live_time - seen),
              std::max(record_.lost_since, live_time),
              static_cast<v1::GapCause>(record_.lost_cause), v1::GAP_LOSS_CERTAIN);
    record_.lost_since = absl::InfiniteFuture();
    KeepRecord();
  }
  advice_.clear();
  if (status_.state() != v1::STREAM_STATE_LIVE) {
    context_.log.Info("stream live", {{"account", record_.name}});
    SetState(v1::STREAM_STATE_LIVE);
  }
}

// A broker that says goodbye has sent everything before. A network that falls silent is noticed by
// the second ping that is not answered; Paho looks once a second.
absl::Time StreamSession::WellUntil(const Connection& connection, const MqttEvent& end) const {
  const absl::Time now = context_.clock.Now();
  const auto* closed = std::get_if<MqttClosed>(&end);
  if (closed == nullptr || closed->code != 0) return now;
  const absl::Duration unnoticed = 2 * context_.settings.stream_keep_alive + absl::Seconds(2);
  return std::min(now, std::max(connection.last_heard, now - unnoticed));
}

void StreamSession::AppendGap(absl::Time start, absl::Time end, v1::GapCause cause,
                              v1::GapLoss loss) {
  v1::Gap gap;
  gap.set_account(record_.name);
  *gap.mutable_start_time() = ToProto(start);
  *gap.mutable_end_time() = ToProto(std::max(start, end));
  gap.set_cause(cause);
  gap.set_loss(loss);
  context_.event_log.AppendGap(gap, context_.clock.Now());
}

// In the commit that takes what was appended before, or an earlier one of the store's: a gap is
// announced twice rather than never. The store itself says when it fails.
void StreamSession::KeepRecord() {
  context_.store.SaveAccount(record_, [](const absl::Status&) {});
}

void StreamSession::SetState(v1::StreamState state) {
  if (status_.state() == state) return;
  status_.set_state(state);
  *status_.mutable_since() = ToProto(context_.clock.Now());
  context_.upstream.Set(record_.name, status_);
}

}  // namespace cardata
