// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/base/serial_executor.h"
#include "server/tls/certificates.h"

namespace cardata {

// The certificates of some files, which may change. It reads them again and again rather than wait
// for news of the file system, so that it does not matter how they are changed (Kubernetes moves a
// symbolic link). What does not pass twice in a row is warned of once, and what was good before
// stays: who looks while the files are changed may meet the certificate before and the key after.
class CertificateWatcher {
 public:
  // Reads them for the first time. Errors as ReadCertificates. `clock` and `log` live longer.
  static absl::StatusOr<std::unique_ptr<CertificateWatcher>> Start(CertificateFiles files,
                                                                   absl::Duration interval,
                                                                   const Clock& clock, Log& log);

  // Thread-safe, and never null. Another pointer means that they have changed.
  std::shared_ptr<const Certificates> current() const;

  bool asks_callers() const { return !files_.client_ca_file.empty(); }

 private:
  CertificateWatcher(CertificateFiles files, absl::Duration interval, const Clock& clock, Log& log,
                     Certificates first);
  void CheckLater();
  void Check();
  void Set(Certificates certificates);

  const CertificateFiles files_;
  const absl::Duration interval_;
  const Clock& clock_;
  Log& log_;
  std::string last_error_;
  bool warned_ = false;
  mutable std::mutex mutex_;
  std::shared_ptr<const Certificates> current_;
  SerialExecutor reader_;  // last, so that it stops first
};

}  // namespace cardata
