// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/pkce.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cardata {
namespace {

// The octets of RFC 7636, appendix B.
class ExampleRandom : public Random {
 public:
  std::string Bytes(size_t size) override {
    static constexpr unsigned char kOctets[] = {
        116, 24,  223, 180, 151, 153, 224, 37,  79, 250, 96, 125, 216, 173, 187, 186,
        22,  212, 37,  77,  105, 214, 191, 240, 91, 88,  5,  88,  83,  132, 141, 121};
    EXPECT_EQ(size, sizeof kOctets);
    return {reinterpret_cast<const char*>(kOctets), sizeof kOctets};
  }
};

TEST(PkceTest, MakesTheExampleOfTheRfc) {
  ExampleRandom random;
  const Pkce pkce = MakePkce(random);
  EXPECT_EQ(pkce.code_verifier, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  EXPECT_EQ(pkce.code_challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(PkceTest, MakesAnotherVerifierEachTime) {
  SecureRandom random;
  EXPECT_NE(MakePkce(random).code_verifier, MakePkce(random).code_verifier);
}

}  // namespace
}  // namespace cardata
