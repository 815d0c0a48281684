// SPDX-License-Identifier: Apache-2.0
#include "server/admin/admin_server.h"

#include <gmock/gmock.h>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/admin/families.h"
#include "tests/support/http.h"

namespace cardata {
namespace {

using testing::HasSubstr;

class Apples : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override {
    Families families;
    families.Counter("apples_total", "Apples.", 3);
    return families.Take();
  }
};

TEST(AdminServer, AnswersWithWhatIsCollected) {
  const auto server = AdminServer::Start("127.0.0.1:0", std::make_shared<Apples>());
  ASSERT_TRUE(server.ok()) << server.status();
  const auto page = HttpGet(absl::StrCat("http://127.0.0.1:", (*server)->port(), "/metrics"));
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->status, 200);
  EXPECT_THAT(page->body, HasSubstr("# HELP apples_total Apples.\n# TYPE apples_total counter\n"
                                    "apples_total 3\n"));
}

TEST(AdminServer, HasNothingElse) {
  const auto server = AdminServer::Start("127.0.0.1:0", std::make_shared<Apples>());
  ASSERT_TRUE(server.ok()) << server.status();
  for (const char* path : {"/metrics2", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd"}) {
    const auto page = HttpGet(absl::StrCat("http://127.0.0.1:", (*server)->port(), path));
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->status, 404) << path;
  }
}

TEST(AdminServer, SaysWhichPortIsTaken) {
  const auto first = AdminServer::Start("127.0.0.1:0", std::make_shared<Apples>());
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string taken = absl::StrCat("127.0.0.1:", (*first)->port());
  const auto second = AdminServer::Start(taken, std::make_shared<Apples>());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr(absl::StrCat("cannot listen on ", taken, " (server.admin_listen)")));
}

}  // namespace
}  // namespace cardata
