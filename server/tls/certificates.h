// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace cardata {

// All of them PEM.
struct CertificateFiles {
  std::string cert_file;       // the server's own, then those between it and the authority
  std::string key_file;        // not encrypted
  std::string client_ca_file;  // authorities of callers; empty: callers are not asked for any
};

// What a server needs to speak TLS.
struct Certificates {
  std::string chain;
  std::string key;  // a secret
  std::string client_authorities;
  absl::Time start_time;   // the server's certificate is valid from here
  absl::Time expire_time;  // to here

  bool operator==(const Certificates& other) const {
    return chain == other.chain && key == other.key &&
           client_authorities == other.client_authorities;
  }
};

// Reads them, and tries whether OpenSSL takes them: the key fits the certificate, every block can
// be read. Half-written files and pairs of which only one is new do not pass.
//   INVALID_ARGUMENT: not so; the message names the file, and holds nothing of the key.
absl::StatusOr<Certificates> ReadCertificates(const CertificateFiles& files);

}  // namespace cardata
