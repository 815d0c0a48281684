// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package cardata

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func TestWhatIsLocal(t *testing.T) {
	for target, expected := range map[string]bool{
		"localhost:9610":               true,
		"LOCALHOST:9610":               true,
		"localhost":                    true,
		"127.0.0.1:9610":               true,
		"127.1.2.3:9610":               true,
		"[::1]:9610":                   true,
		"[::1]":                        true,
		"unix:/run/cardata.sock":       true,
		"unix:///run/cardata.sock":     true,
		"unix-abstract:cardata":        true,
		"dns:localhost:9610":           true,
		"dns:///localhost:9610":        true,
		"dns://8.8.8.8/127.0.0.1:9610": true,
		"passthrough:///[::1]:9610":    true,
		"cardata:9610":                 false,
		"10.0.0.1:9610":                false,
		"128.0.0.1:9610":               false,
		"[::2]:9610":                   false,
		"localhost.example:9610":       false,
		"dns:///cardata:9610":          false,
		"dns://127.0.0.1/cardata:9610": false,
		"dns:///localhost:1,evil:9610": false,
		"unix":                         false,
		"xds:///localhost":             false,
		"":                             false,
	} {
		if isLocal(target) != expected {
			t.Errorf("%q: %v", target, !expected)
		}
	}
}

func TestUnaryCallsHaveADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := startFake(t)
		gateway.listVehicles = func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}
		client := gateway.connect()
		for given, expected := range map[time.Duration]time.Duration{0: time.Minute, 5 * time.Minute: 5 * time.Minute} {
			ctx, cancel := t.Context(), context.CancelFunc(func() {})
			if given > 0 {
				ctx, cancel = context.WithTimeout(ctx, given)
			}
			begin := time.Now()
			_, err := client.Vehicles.ListVehicles(ctx, &cardatav1.ListVehiclesRequest{})
			if took := time.Since(begin); took != expected || ErrorOf(err).Code != codes.DeadlineExceeded {
				t.Errorf("with a deadline of %v it ended after %v with %v", given, took, err)
			}
			cancel()
		}
	})
}

// swallowing is a connection whose other end no longer answers once it is told to.
type swallowing struct {
	net.Conn
	told *atomic.Bool
}

func (s swallowing) Write(bytes []byte) (int, error) {
	if s.told.Load() {
		return len(bytes), nil
	}
	return s.Conn.Write(bytes)
}

func TestAGatewayThatIsGoneIsNoticedByPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started := &cardatav1.SubscribeResponse{ResumeToken: "t1", Notice: &cardatav1.SubscribeResponse_Started{
			Started: &cardatav1.Started{HeartbeatInterval: durationpb.New(10 * time.Minute)},
		}}
		gateway := startFake(t, sends(started), sends(events("t2", 1)))
		var gone atomic.Bool
		client := gateway.connect(WithDialOptions(grpc.WithContextDialer(
			func(ctx context.Context, target string) (net.Conn, error) {
				connection, err := gateway.dial(ctx, target)
				return swallowing{connection, &gone}, err
			})))
		var since time.Time
		for update, err := range client.Subscribe(t.Context(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			switch value := update.Value.(type) {
			case *cardatav1.Started:
				since = time.Now()
				gone.Store(true)
			case *Reconnecting:
				if took := time.Since(since); took != pingAfter+pingTimeout || status.Code(value.Err) != codes.Unavailable {
					t.Errorf("noticed after %v with %v", took, value.Err)
				}
				gone.Store(false)
			case *cardatav1.Event:
				return
			}
		}
	})
}

func TestAConnectionThatIsQuietButWellIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started := &cardatav1.SubscribeResponse{ResumeToken: "t1", Notice: &cardatav1.SubscribeResponse_Started{
			Started: &cardatav1.Started{HeartbeatInterval: durationpb.New(10 * time.Minute)},
		}}
		gateway := startFake(t, func(request *cardatav1.SubscribeRequest, stream subscribeStream) error {
			stream.Send(started)
			time.Sleep(10 * time.Minute)
			return sends(events("t2", 1))(request, stream)
		})
		expect(t, take(t, gateway.connect(), nil, 2), "*cardatav1.Started 0 t1", "*cardatav1.Event 1 t2")
	})
}
