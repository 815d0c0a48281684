// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/client/proto_fields.h"

#include <gtest/gtest.h>

#include "cardata/v1/event.pb.h"

namespace cardata::bench {
namespace {

const uint8_t* Bytes(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

TEST(ProtoFields, WalksOverEveryKindOfField) {
  v1::Entry entry;
  entry.set_sequence(300);
  entry.mutable_event()->mutable_value()->set_number(1.5);
  const std::string message = entry.SerializeAsString();
  ProtoFields fields(Bytes(message), message.size());
  ASSERT_TRUE(fields.Next());
  EXPECT_EQ(fields.number(), 1u);
  EXPECT_EQ(fields.value(), 300u);
  ASSERT_TRUE(fields.Next());
  EXPECT_EQ(fields.number(), 2u);
  ProtoFields event(fields.bytes(), fields.size());
  ASSERT_TRUE(event.Next());
  ProtoFields value(event.bytes(), event.size());
  ASSERT_TRUE(value.Next());
  EXPECT_EQ(value.size(), sizeof(double));
  EXPECT_FALSE(value.Next());
  EXPECT_TRUE(value.valid());
  EXPECT_FALSE(fields.Next());
  EXPECT_TRUE(fields.valid());
}

TEST(ProtoFields, SeesThatAMessageIsCutOff) {
  v1::Entry entry;
  entry.set_sequence(300);
  entry.mutable_event()->set_vin("WBA00000000000001");
  const std::string message = entry.SerializeAsString();
  const size_t after_sequence = 3;  // where the message could end, too
  for (size_t size = 1; size < message.size(); ++size) {
    ProtoFields fields(Bytes(message), size);
    while (fields.Next()) continue;
    EXPECT_EQ(fields.valid(), size == after_sequence) << size;
  }
}

}  // namespace
}  // namespace cardata::bench
