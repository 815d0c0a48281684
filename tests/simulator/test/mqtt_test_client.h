// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

struct mosquitto;

namespace cardata::sim {

// A client of BMW's stream, made of libmosquitto, which tells everything that it was told. Waits
// are generous and return at once when what they wait for is there.
class MqttTestClient {
 public:
  struct Options {
    int port = 0;
    std::string ca_file = {};
    std::string client_id = {};
    std::string username = {};
    std::string password = {};
    int version = 5;  // 5 or 4 (3.1.1)
    int keep_alive = 30;
    bool clean_start = true;
    uint32_t session_expiry = 0;  // MQTT 5
  };
  explicit MqttTestClient(Options options);
  ~MqttTestClient();
  MqttTestClient(const MqttTestClient&) = delete;
  MqttTestClient& operator=(const MqttTestClient&) = delete;

  // The CONNACK's code; -1: the connection ended without one.
  int Connect();
  // The SUBACK's code; -1: the connection ended without one.
  int Subscribe(const std::string& filter, int qos = 0);
  void Publish(const std::string& topic, const std::string& payload, bool retain = false);
  void Disconnect();

  bool session_present() const { return session_present_; }

  struct Message {
    std::string topic;
    std::string payload;
    int qos;
    bool retained;
  };
  // The next message, if one comes within ten seconds; nothing if the connection ends first.
  std::optional<Message> Next();
  // Its payload; "(nothing)" if there is none.
  std::string NextPayload();
  std::vector<Message> Received();

  // Waits until the connection has ended. The reason code of MQTT 5's DISCONNECT, 0x80 or more;
  // otherwise libmosquitto's error number, which is smaller. -1: it lives on.
  int WaitForEnd(int seconds = 20);
  bool connected();

 private:
  bool WaitUntil(int seconds, const std::function<bool()>& condition);

  const Options options_;
  mosquitto* client_;
  bool looping_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<int> connack_;
  std::optional<int> suback_;
  std::optional<int> end_;
  bool session_present_ = false;
  std::deque<Message> messages_;
  size_t read_ = 0;
};

}  // namespace cardata::sim
