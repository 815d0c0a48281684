// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "server/tls/certificate_watcher.h"

namespace cardata {

// TLS 1.2 or 1.3 with what `watcher` has at the time of each handshake; connections that are up
// stay. Where it has authorities of callers, a caller must show a certificate of theirs that is
// valid now.
std::shared_ptr<grpc::ServerCredentials> TlsCredentials(
    std::shared_ptr<const CertificateWatcher> watcher);

}  // namespace cardata
