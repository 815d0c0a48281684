// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

namespace cardata {

// A certificate authority of the test's own, made on the spot.
class TestCa {
 public:
  struct Certificate {
    std::string cert_file;
    std::string key_file;
  };

  // Writes its files into `directory`; `name` tells authorities in one directory apart.
  TestCa(const std::string& directory, const std::string& name);
  ~TestCa();

  // PEM.
  const std::string& ca_file() const { return ca_file_; }

  // A server's certificate, valid for a day, for example for "IP:127.0.0.1,DNS:localhost".
  Certificate Issue(const std::string& subject_alt_names) { return Issue(subject_alt_names, 1); }
  // One that has expired an hour ago.
  Certificate IssueExpired(const std::string& subject_alt_names) {
    return Issue(subject_alt_names, 0);
  }

 private:
  struct Keys;
  Certificate Issue(const std::string& subject_alt_names, int days_left);
  const std::string prefix_;
  std::string ca_file_;
  std::unique_ptr<Keys> keys_;
  int issued_ = 0;
};

}  // namespace cardata
