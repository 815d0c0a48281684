// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"

namespace cardata {

struct MosquittoOptions {
  std::string subject_alt_names = "IP:127.0.0.1";     // of its certificate
  std::map<std::string, std::string> passwords = {};  // by user; none: anybody may connect
};

// A real Mosquitto with TLS on the loopback interface.
class MosquittoProcess {
 public:
  explicit MosquittoProcess(const MosquittoOptions& options = {});

  int port() const { return port_; }
  const std::string& ca_file() const { return ca_.ca_file(); }

  // What it logged.
  std::string Log() const;

  // Has the broker's own client publish one message, and waits for it.
  void Publish(const std::string& topic, absl::string_view payload, const std::string& user = "",
               const std::string& password = "");

  // As kill -9.
  void Kill();

 private:
  TempDir dir_;
  TestCa ca_{dir_.path(), "ca"};
  int port_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace cardata
