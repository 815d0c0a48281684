// SPDX-License-Identifier: Apache-2.0
#include "server/tls/certificate_watcher.h"

#include <utility>

#include "absl/memory/memory.h"
#include "server/base/status_macros.h"

namespace cardata {

absl::StatusOr<std::unique_ptr<CertificateWatcher>> CertificateWatcher::Start(
    CertificateFiles files, absl::Duration interval, const Clock& clock, Log& log) {
  ASSIGN_OR_RETURN(Certificates first, ReadCertificates(files));
  auto watcher = absl::WrapUnique(
      new CertificateWatcher(std::move(files), interval, clock, log, std::move(first)));
  watcher->CheckLater();
  return watcher;
}

CertificateWatcher::CertificateWatcher(CertificateFiles files, absl::Duration interval,
                                       const Clock& clock, Log& log, Certificates first)
    : files_(std::move(files)), interval_(interval), clock_(clock), log_(log) {
  Set(std::move(first));
}

std::shared_ptr<const Certificates> CertificateWatcher::current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

void CertificateWatcher::CheckLater() {
  reader_.PostAfter(interval_, [this] {
    Check();
    CheckLater();
  });
}

void CertificateWatcher::Check() {
  absl::StatusOr<Certificates> read = ReadCertificates(files_);
  const std::string error(read.ok() ? absl::string_view() : read.status().message());
  if (read.ok() && !(*read == *current())) {
    Set(*std::move(read));
    log_.Info("TLS certificates reloaded", {{"file", files_.cert_file}});
  }
  const bool same = error == last_error_;
  if (same && !error.empty() && !warned_)
    log_.Warning("new TLS certificates are not good; the old ones stay in use", {{"error", error}});
  warned_ = same && !error.empty();
  last_error_ = error;
}

void CertificateWatcher::Set(Certificates certificates) {
  const absl::Time now = clock_.Now();
  if (now < certificates.start_time || now >= certificates.expire_time) {
    log_.Warning("the TLS certificate is not valid now: callers that verify it will refuse it",
                 {{"file", files_.cert_file},
                  {"valid_from", absl::FormatTime(certificates.start_time, absl::UTCTimeZone())},
                  {"expires", absl::FormatTime(certificates.expire_time, absl::UTCTimeZone())}});
  }
  std::lock_guard lock(mutex_);
  current_ = std::make_shared<const Certificates>(std::move(certificates));
}

}  // namespace cardata
