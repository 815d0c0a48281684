// SPDX-License-Identifier: Apache-2.0
#include "server/base/random.h"

#include <gtest/gtest.h>

namespace cardata {
namespace {

class Bits : public Random {
 public:
  explicit Bits(char byte) : byte_(byte) {}
  std::string Bytes(size_t size) override { return std::string(size, byte_); }

 private:
  char byte_;
};

TEST(RandomTest, UniformNeverReachesOne) {
  EXPECT_EQ(Bits('\0').Uniform(), 0.0);
  EXPECT_LT(Bits('\xff').Uniform(), 1.0);
  EXPECT_GT(Bits('\xff').Uniform(), 0.999);
}

TEST(SecureRandomTest, DoesNotRepeatItself) {
  SecureRandom random;
  EXPECT_EQ(random.Bytes(32).size(), 32u);
  EXPECT_NE(random.Bytes(32), random.Bytes(32));
}

}  // namespace
}  // namespace cardata
