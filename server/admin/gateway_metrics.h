// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/collectable.h>

#include <memory>
#include <vector>

#include "server/account/accounts.h"
#include "server/account/context.h"
#include "server/admin/families.h"
#include "server/base/task.h"
#include "server/rpc/server.h"
#include "server/store/sqlite_store.h"
#include "server/tls/certificate_watcher.h"

namespace cardata {

// Everything that the gateway tells of itself, by name: each metric stands once, in the .cc. The
// parts count for themselves and know nothing of Prometheus; this asks them at each scrape.
//
// Labels have values from closed sets only: never a VIN, an account, or what BMW or a caller wrote.
class GatewayMetrics : public prometheus::Collectable {
 public:
  // What is told of lives longer. `certificates` may be null.
  struct Parts {
    const AccountContext& context;
    const Accounts& accounts;
    const SqliteStore& store;
    const RpcServer& rpc;
    std::shared_ptr<const CertificateWatcher> certificates;
  };
  explicit GatewayMetrics(Parts parts) : parts_(std::move(parts)) {}

  // Waits for the executor, which must run.
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  // On the executor.
  Task<void> AddAccounts(Families& families) const;
  void AddUpstream(Families& families) const;
  void AddLog(Families& families) const;
  void AddStore(Families& families) const;
  void AddSubscribers(Families& families) const;
  void AddCalls(Families& families) const;

  const Parts parts_;
};

}  // namespace cardata
