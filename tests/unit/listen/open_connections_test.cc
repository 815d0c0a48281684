// SPDX-License-Identifier: Apache-2.0
#include "server/listen/open_connections.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cardata {
namespace {

int NewSocket() { return socket(AF_INET, SOCK_STREAM, 0); }

TEST(OpenConnectionsTest, FindsOutWhatOthersClosed) {
  OpenConnections open;
  const int first = NewSocket();
  const int second = NewSocket();
  open.Add(first);
  open.Add(second);
  EXPECT_EQ(open.Count(), 2u);
  EXPECT_FALSE(open.HasRoom(2));
  close(first);
  EXPECT_TRUE(open.HasRoom(2));
  EXPECT_EQ(open.Count(), 1u);
  close(second);
  EXPECT_EQ(open.Count(), 0u);
}

TEST(OpenConnectionsTest, AnotherFileWithTheSameNumberIsNoConnection) {
  OpenConnections open;
  const int connection = NewSocket();
  open.Add(connection);
  close(connection);
  const int other = NewSocket();
  ASSERT_EQ(other, connection) << "the kernel gives the lowest free number";
  EXPECT_EQ(open.Count(), 0u);
  open.Add(other);
  EXPECT_EQ(open.Count(), 1u);
  close(other);
}

}  // namespace
}  // namespace cardata
