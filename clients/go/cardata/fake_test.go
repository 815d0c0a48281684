// SPDX-License-Identifier: Apache-2.0

package cardata

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/durationpb"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

type subscribeStream = grpc.ServerStreamingServer[cardatav1.SubscribeResponse]

// turn answers one call of Subscribe.
type turn func(request *cardatav1.SubscribeRequest, stream subscribeStream) error

// fake plays a gateway that can be away, on a network within this process. Each call of Subscribe is answered by the next of its
// turns; when they are used up, by silence.
type fake struct {
	cardatav1.UnimplementedTelematicsServiceServer
	cardatav1.UnimplementedVehicleServiceServer
	t            *testing.T
	listVehicles func(context.Context) error

	mutex    sync.Mutex
	turns    []turn
	requests []*cardatav1.SubscribeRequest
	ended    []error // what the contexts of calls of Subscribe ended with
	network  *bufconn.Listener
	server   *grpc.Server
	dials    int
}

// startFake starts it; it is stopped at the test's end.
func startFake(t *testing.T, turns ...turn) *fake {
	f := &fake{t: t, turns: turns}
	f.start()
	t.Cleanup(f.stop)
	return f
}

func (f *fake) start() {
	network := bufconn.Listen(1 << 16)
	server := grpc.NewServer(grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second}))
	cardatav1.RegisterTelematicsServiceServer(server, f)
	cardatav1.RegisterVehicleServiceServer(server, f)
	go func() {
		if err := server.Serve(network); err != nil && err != grpc.ErrServerStopped {
			f.t.Error(err)
		}
	}()
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.network, f.server = network, server
}

// stop breaks all connections, and refuses new ones until start.
func (f *fake) stop() {
	f.mutex.Lock()
	server := f.server
	f.network, f.server = nil, nil
	f.mutex.Unlock()
	if server != nil {
		server.Stop()
	}
}

func (f *fake) dial(ctx context.Context, _ string) (net.Conn, error) {
	f.mutex.Lock()
	network := f.network
	f.dials++
	f.mutex.Unlock()
	if network == nil {
		return nil, errors.New("connection refused")
	}
	return network.DialContext(ctx)
}

// connect makes a client of it that chooses the middle of every random delay, and is closed at the test's end.
func (f *fake) connect(options ...Option) *Client {
	options = append([]Option{WithDialOptions(grpc.WithContextDialer(f.dial))}, options...)
	client, err := Connect("passthrough:///localhost", options...)
	if err != nil {
		f.t.Fatal(err)
	}
	client.random = func() float64 { return 0.5 }
	f.t.Cleanup(func() { client.Close() })
	return client
}

func (f *fake) Subscribe(request *cardatav1.SubscribeRequest, stream subscribeStream) error {
	f.mutex.Lock()
	f.requests = append(f.requests, request)
	next := silence
	if len(f.turns) > 0 {
		next, f.turns = f.turns[0], f.turns[1:]
	}
	f.mutex.Unlock()

	err := next(request, stream)
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.ended = append(f.ended, stream.Context().Err())
	return err
}

func (f *fake) ListVehicles(ctx context.Context, _ *cardatav1.ListVehiclesRequest) (*cardatav1.ListVehiclesResponse, error) {
	return &cardatav1.ListVehiclesResponse{}, f.listVehicles(ctx)
}

// asked is the requests of Subscribe so far.
func (f *fake) asked() []*cardatav1.SubscribeRequest {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.requests
}

// silence answers nothing until the caller goes away.
func silence(_ *cardatav1.SubscribeRequest, stream subscribeStream) error {
	<-stream.Context().Done()
	return stream.Context().Err()
}

// sends answers these, and then nothing more.
func sends(responses ...*cardatav1.SubscribeResponse) turn {
	return func(request *cardatav1.SubscribeRequest, stream subscribeStream) error {
		if err := endsWith(nil, responses...)(request, stream); err != nil {
			return err
		}
		return silence(request, stream)
	}
}

// endsWith answers these, and then ends the call with the error.
func endsWith(err error, responses ...*cardatav1.SubscribeResponse) turn {
	return func(_ *cardatav1.SubscribeRequest, stream subscribeStream) error {
		for _, response := range responses {
			if err := stream.Send(response); err != nil {
				return err
			}
		}
		return err
	}
}

// events is a response with events of these numbers.
func events(token string, sequences ...int64) *cardatav1.SubscribeResponse {
	response := &cardatav1.SubscribeResponse{ResumeToken: token}
	for _, sequence := range sequences {
		response.Entries = append(response.Entries, &cardatav1.Entry{
			Sequence: sequence,
			Kind:     &cardatav1.Entry_Event{Event: &cardatav1.Event{Vin: "WBA00000000000001", Raw: "82"}},
		})
	}
	return response
}

// busyFor is an error that says when to try again.
func busyFor(t *testing.T, delay time.Duration) error {
	busy, err := status.New(codes.ResourceExhausted, "busy").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(delay)})
	if err != nil {
		t.Fatal(err)
	}
	return busy.Err()
}
