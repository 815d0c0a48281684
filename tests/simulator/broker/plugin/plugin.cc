// SPDX-License-Identifier: Apache-2.0
// The entry points that Mosquitto looks up in cardata_sim_plugin.so. No exception leaves them.
#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include <exception>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "tests/simulator/broker/control_topics.h"
#include "tests/simulator/broker/plugin/gatekeeper.h"

namespace cardata::sim {
namespace {

template <typename Body>
int Guarded(Body body) {
  try {
    return body();
  } catch (const std::exception& error) {
    mosquitto_log_printf(MOSQ_LOG_ERR, "cardata-sim: %s", error.what());
    return MOSQ_ERR_UNKNOWN;
  }
}

template <typename Event, int (Gatekeeper::*Answer)(Event&)>
int Ask(int, void* event, void* gatekeeper) {
  return Guarded(
      [&] { return (static_cast<Gatekeeper*>(gatekeeper)->*Answer)(*static_cast<Event*>(event)); });
}

int Tick(int, void*, void* gatekeeper) {
  return Guarded([&] { return static_cast<Gatekeeper*>(gatekeeper)->OnTick(); });
}

int Control(int, void* data, void* gatekeeper) {
  return Guarded([&] {
    auto* event = static_cast<mosquitto_evt_control*>(data);
    const std::string command(static_cast<const char*>(event->payload), event->payloadlen);
    const bool understood = static_cast<Gatekeeper*>(gatekeeper)->Obey(command);
    event->reason_code = understood ? 0 : 0x99;  // payload format invalid
    return MOSQ_ERR_SUCCESS;
  });
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

int Initialize(mosquitto_plugin_id_t* id, void** user_data, const mosquitto_opt* options,
               int option_count) {
  return Guarded([&] {
    std::map<std::string, std::string> option;
    for (int i = 0; i < option_count; ++i) option[options[i].key] = options[i].value;
    auto* gatekeeper = new Gatekeeper({.public_key = ReadFile(option["public_key_file"]),
                                       .publisher_secret = option["publisher_secret"]});
    *user_data = gatekeeper;
    std::ifstream commands(option["initial_commands_file"]);
    for (std::string command; std::getline(commands, command);) gatekeeper->Obey(command);
    const auto answer = [&](int event, MOSQ_FUNC_generic_callback callback, const char* topic) {
      return mosquitto_callback_register(id, event, callback, topic, gatekeeper);
    };
    for (int error :
         {answer(MOSQ_EVT_BASIC_AUTH, Ask<mosquitto_evt_basic_auth, &Gatekeeper::OnBasicAuth>,
                 nullptr),
          answer(MOSQ_EVT_ACL_CHECK, Ask<mosquitto_evt_acl_check, &Gatekeeper::OnAclCheck>,
                 nullptr),
          answer(MOSQ_EVT_DISCONNECT, Ask<mosquitto_evt_disconnect, &Gatekeeper::OnDisconnect>,
                 nullptr),
          answer(MOSQ_EVT_TICK, Tick, nullptr), answer(MOSQ_EVT_CONTROL, Control, kControlTopic)}) {
      if (error != MOSQ_ERR_SUCCESS) return error;
    }
    return static_cast<int>(MOSQ_ERR_SUCCESS);
  });
}

}  // namespace
}  // namespace cardata::sim

extern "C" {

int mosquitto_plugin_version(int supported_count, const int* supported) {
  for (int i = 0; i < supported_count; ++i) {
    if (supported[i] == MOSQ_PLUGIN_VERSION) return MOSQ_PLUGIN_VERSION;
  }
  return -1;
}

int mosquitto_plugin_init(mosquitto_plugin_id_t* id, void** user_data, mosquitto_opt* options,
                          int option_count) {
  return cardata::sim::Initialize(id, user_data, options, option_count);
}

int mosquitto_plugin_cleanup(void* user_data, mosquitto_opt*, int) {
  delete static_cast<cardata::sim::Gatekeeper*>(user_data);
  return MOSQ_ERR_SUCCESS;
}

}  // extern "C"
