// SPDX-License-Identifier: Apache-2.0
#include "server/tls/certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"

namespace cardata {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CertificatesTest : public testing::Test {
 protected:
  std::string ErrorOf(const CertificateFiles& files) {
    const auto read = ReadCertificates(files);
    return read.ok() ? "good" : std::string(read.status().message());
  }

  TempDir folder_;
  TestCa ca_{folder_.path(), "ca"};
  TestCa::Certificate pair_ = ca_.Issue("DNS:localhost");
};

TEST_F(CertificatesTest, ReadsWhatBelongsTogether) {
  const auto read = ReadCertificates({pair_.cert_file, pair_.key_file, ca_.ca_file()});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->chain, ReadFile(pair_.cert_file));
  EXPECT_EQ(read->key, ReadFile(pair_.key_file));
  EXPECT_EQ(read->client_authorities, ReadFile(ca_.ca_file()));
  EXPECT_LT(read->start_time, absl::Now());
  EXPECT_GT(read->expire_time, absl::Now());
  EXPECT_EQ(ErrorOf({pair_.cert_file, pair_.key_file, ""}), "good");
}

TEST_F(CertificatesTest, RefusesAPairOfWhichOneIsOfAnother) {
  const TestCa::Certificate other = ca_.Issue("DNS:localhost");
  EXPECT_THAT(ErrorOf({pair_.cert_file, other.key_file, ""}),
              AllOf(HasSubstr(other.key_file), HasSubstr("is not the key of")));
}

TEST_F(CertificatesTest, RefusesWhatIsHalfWritten) {
  const std::string cert = ReadFile(pair_.cert_file);
  const std::string key = ReadFile(pair_.key_file);
  for (const size_t part : {size_t{0}, size_t{10}, cert.size() / 2, cert.size() - 10}) {
    const std::string half = folder_.Write("half.pem", cert.substr(0, part));
    EXPECT_THAT(ErrorOf({half, pair_.key_file, ""}), HasSubstr("half.pem holds")) << part;
    EXPECT_THAT(ErrorOf({pair_.cert_file, pair_.key_file, half}), HasSubstr("half.pem holds"));
  }
  // The second of two.
  const std::string chain = folder_.Write("chain.pem", cert + cert.substr(0, cert.size() / 2));
  EXPECT_THAT(ErrorOf({chain, pair_.key_file, ""}), HasSubstr("chain.pem holds a certificate"));
  for (const size_t part : {size_t{0}, key.size() / 2, key.size() - 10}) {
    const std::string half = folder_.Write("half.key", key.substr(0, part));
    const std::string error = ErrorOf({pair_.cert_file, half, ""});
    EXPECT_THAT(error, HasSubstr("half.key holds no private key"));
    if (part > 60) {
      EXPECT_THAT(error, Not(HasSubstr(key.substr(30, 20))));
    }
  }
}

TEST_F(CertificatesTest, RefusesWhatIsNotThere) {
  EXPECT_EQ(ErrorOf({"/not/there", pair_.key_file, ""}),
            "/not/there cannot be read: No such file or directory");
  EXPECT_NE(ErrorOf({folder_.path(), pair_.key_file, ""}), "good");
  EXPECT_THAT(ErrorOf({pair_.key_file, pair_.key_file, ""}), HasSubstr("holds no certificate"));
}

}  // namespace
}  // namespace cardata
