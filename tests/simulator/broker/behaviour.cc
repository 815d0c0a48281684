// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/broker/behaviour.h"

namespace cardata::sim {
namespace {

using Second = Behaviour::SecondConnection;
using Hash = Behaviour::HashFilter;

struct Reader {
  const nlohmann::json& value;
  std::string error;

  void Fail(const char* expected) {
    error = std::string("expected ") + expected + ", got " + value.dump();
  }

  void operator()(bool& member) {
    if (!value.is_boolean()) return Fail("true or false");
    member = value.get<bool>();
  }
  void operator()(int& member) {
    if (!value.is_number_integer() || value < -1 || value > 1'000'000)
      return Fail("a whole number");
    member = value.get<int>();
  }
  void operator()(double& member) {
    if (!value.is_number() || value < 0 || value > 1e9) return Fail("a number of seconds");
    member = value.get<double>();
  }
  void operator()(Second& member) {
    if (value == "refuse") {
      member = Second::kRefuse;
    } else if (value == "take_over") {
      member = Second::kTakeOver;
    } else {
      Fail("\"refuse\" or \"take_over\"");
    }
  }
  void operator()(Hash& member) {
    if (value == "refuse") {
      member = Hash::kRefuse;
    } else if (value == "silent") {
      member = Hash::kSilent;
    } else if (value == "allow") {
      member = Hash::kAllow;
    } else {
      Fail("\"refuse\", \"silent\" or \"allow\"");
    }
  }
};

struct Writer {
  nlohmann::json& value;

  template <typename Member>
  void operator()(const Member& member) {
    value = member;
  }
  void operator()(const Second& member) {
    value = member == Second::kRefuse ? "refuse" : "take_over";
  }
  void operator()(const Hash& member) {
    value = member == Hash::kRefuse ? "refuse" : member == Hash::kSilent ? "silent" : "allow";
  }
};

// Calls `visit(name, member)` for each member.
template <typename AnyBehaviour, typename Visit>
void ForEachMember(AnyBehaviour& b, Visit visit) {
  visit("connack", b.connack);
  visit("connack_times", b.connack_times);
  visit("close_on_connect", b.close_on_connect);
  visit("held_elsewhere", b.held_elsewhere);
  visit("connects_per_minute", b.connects_per_minute);
  visit("release_seconds", b.release_seconds);
  visit("second_connection", b.second_connection);
  visit("hands_over", b.hands_over);
  visit("descriptors_ticked", b.descriptors_ticked);
  visit("hash_filter", b.hash_filter);
  visit("drop_after_refusal", b.drop_after_refusal);
  visit("longest_silence", b.longest_silence);
  visit("lifetime_seconds", b.lifetime_seconds);
  visit("cut_at_expiry", b.cut_at_expiry);
  visit("deliver", b.deliver);
}

}  // namespace

nlohmann::json ToJson(const Behaviour& behaviour) {
  nlohmann::json json = nlohmann::json::object();
  ForEachMember(behaviour,
                [&json](const char* name, const auto& member) { Writer{json[name]}(member); });
  return json;
}

std::string Patch(const nlohmann::json& patch, Behaviour& behaviour) {
  if (!patch.is_object()) return "expected an object";
  Behaviour changed = behaviour;
  std::string error;
  size_t known = 0;
  ForEachMember(changed, [&](const char* name, auto& member) {
    auto found = patch.find(name);
    if (found == patch.end()) return;
    ++known;
    Reader reader{*found, {}};
    reader(member);
    if (!reader.error.empty()) error = std::string(name) + ": " + reader.error;
  });
  if (!error.empty()) return error;
  if (known != patch.size()) {
    const nlohmann::json names = ToJson(behaviour);
    for (const auto& [name, value] : patch.items()) {
      if (!names.contains(name)) return "unknown member " + name;
    }
  }
  if (changed.connack < 0 || changed.connack > 255)
    return "connack: expected a reason code of MQTT 5";
  behaviour = changed;
  return {};
}

}  // namespace cardata::sim
