// SPDX-License-Identifier: Apache-2.0
#include "tests/support/mosquitto_process.h"

#include <cstdlib>
#include <iostream>
#include <vector>

#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

// Somebody else may take the port between choosing and using it.
constexpr int kAttempts = 5;

}  // namespace

MosquittoProcess::MosquittoProcess(const MosquittoOptions& options) {
  const TestCa::Certificate certificate = ca_.Issue(options.subject_alt_names);
  std::string access = "allow_anonymous true\n";
  if (!options.passwords.empty()) {
    std::string lines;
    for (const auto& [user, password] : options.passwords)
      absl::StrAppend(&lines, user, ":", password, "\n");
    const std::string file = dir_.Write("passwords", lines);
    Process hash({"mosquitto_passwd", "-U", file}, dir_.path() + "/passwd.log");
    hash.Wait().IgnoreError();
    access = absl::StrCat("allow_anonymous false\npassword_file ", file, "\n");
  }
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    port_ = FreePort();
    const std::string config =
        dir_.Write("mosquitto.conf",
                   absl::StrCat("user root\nlistener ", port_, " 127.0.0.1\ncafile ", ca_.ca_file(),
                                "\ncertfile ", certificate.cert_file, "\nkeyfile ",
                                certificate.key_file, "\ntls_version tlsv1.3\n", access));
    process_ = std::make_unique<Process>(std::vector<std::string>{"mosquitto", "-v", "-c", config},
                                         dir_.path() + "/mosquitto.log");
    if (WaitForPort(port_, *process_)) return;
  }
  std::cerr << "mosquitto does not start:\n" << Log();
  std::abort();
}

std::string MosquittoProcess::Log() const { return ReadFile(dir_.path() + "/mosquitto.log"); }

void MosquittoProcess::Publish(const std::string& topic, absl::string_view payload,
                               const std::string& user, const std::string& password) {
  std::vector<std::string> argv = {"mosquitto_pub",
                                   "-h",
                                   "127.0.0.1",
                                   "-p",
                                   absl::StrCat(port_),
                                   "--cafile",
                                   ca_.ca_file(),
                                   "-t",
                                   topic,
                                   "-f",
                                   dir_.Write("payload", payload),
                                   "-q",
                                   "1"};
  if (!user.empty()) argv.insert(argv.end(), {"-u", user, "-P", password});
  Process(argv, dir_.path() + "/pub.log").Wait().IgnoreError();
}

void MosquittoProcess::Kill() { process_->Kill(); }

}  // namespace cardata
