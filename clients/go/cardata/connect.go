// SPDX-License-Identifier: Apache-2.0

package cardata

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/keepalive"
)

const (
	// What unary calls get that have no deadline: the gateway gives each request to BMW 30 s.
	callDeadline = time.Minute

	pingAfter   = 30 * time.Second // The gateway takes a ping each 10 s.
	pingTimeout = 10 * time.Second

	connectTimeout = 10 * time.Second

	firstDelay   = time.Second
	delayFactor  = 1.6
	longestDelay = 30 * time.Second
	delayJitter  = 0.2
)

// Connect makes a client of the gateway at the target, an address as gRPC names it: "localhost:9610", "dns:///cardata:9610",
// "unix:/run/cardata.sock". It does not wait until the gateway is there.
//
// Without options the connection is plaintext where the target is localhost, in 127.0.0.0/8, [::1] or a Unix socket, and TLS
// with the system's roots everywhere else. While calls are open, a connection on which nothing came for 30 s is pinged, and given
// up when the gateway does not answer within 10 s. Unary calls whose context has no deadline get one of 60 s.
//
// The error says which option is wrong. Close the client when it is used no longer.
func Connect(target string, options ...Option) (*Client, error) {
	var settings settings
	for _, option := range options {
		option(&settings)
	}
	encryption, err := settings.credentials(target)
	if err != nil {
		return nil, err
	}

	dialOptions := append([]grpc.DialOption{
		grpc.WithTransportCredentials(encryption),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingAfter, Timeout: pingTimeout}),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff: backoff.Config{
				BaseDelay: firstDelay, Multiplier: delayFactor, Jitter: delayJitter, MaxDelay: longestDelay,
			},
			MinConnectTimeout: connectTimeout,
		}),
		grpc.WithChainUnaryInterceptor(withDeadline),
	}, settings.dialOptions...)
	connection, err := grpc.NewClient(target, dialOptions...)
	if err != nil {
		return nil, err
	}
	return newClient(connection), nil
}

// withDeadline gives a call a deadline that has none.
func withDeadline(ctx context.Context, method string, request, response any, connection *grpc.ClientConn,
	invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	if _, has := ctx.Deadline(); !has {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, callDeadline)
		defer cancel()
	}
	return invoke(ctx, method, request, response, connection, options...)
}
