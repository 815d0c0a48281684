// SPDX-License-Identifier: Apache-2.0

package cardata

import (
	"net"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// preparedCodec sends one response that was encoded before, so that what is measured is the client.
type preparedCodec struct {
	encoding.CodecV2
	response mem.BufferSlice
}

func (c preparedCodec) Marshal(any) (mem.BufferSlice, error) {
	c.response.Ref()
	return c.response, nil
}

// benchmarkClient has a gateway that sends events as fast as it can, so many a response.
func benchmarkClient(b *testing.B, eventsEach int) *Client {
	response := events("AAAAAAAAAAAAAAAAAAAAAAAA", make([]int64, eventsEach)...)
	for i, entry := range response.Entries {
		entry.Sequence = int64(i + 1)
		event := entry.GetEvent()
		event.Account, event.DescriptorId, event.Unit = "home", "vehicle.drivetrain.batteryManagement.header", "%"
		event.Value = &cardatav1.Value{Kind: &cardatav1.Value_Number{Number: 82}}
	}
	encoded, err := proto.Marshal(response)
	if err != nil {
		b.Fatal(err)
	}
	codec := preparedCodec{encoding.GetCodecV2("proto"), mem.BufferSlice{mem.SliceBuffer(encoded)}}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := grpc.NewServer(grpc.ForceServerCodecV2(codec))
	cardatav1.RegisterTelematicsServiceServer(server, &fake{turns: []turn{
		func(_ *cardatav1.SubscribeRequest, stream subscribeStream) error {
			for {
				if err := stream.Send(nil); err != nil {
					return err
				}
			}
		},
	}})
	go server.Serve(listener)
	b.Cleanup(server.Stop)
	client, err := Connect(listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { client.Close() })
	return client
}

func BenchmarkBareStub(b *testing.B)    { benchmarkBareStub(b, 1) }
func BenchmarkBareStub64(b *testing.B)  { benchmarkBareStub(b, 64) }
func BenchmarkSubscribe(b *testing.B)   { benchmarkSubscribe(b, 1) }
func BenchmarkSubscribe64(b *testing.B) { benchmarkSubscribe(b, 64) }

func benchmarkBareStub(b *testing.B, eventsEach int) {
	client := benchmarkClient(b, eventsEach)
	stream, err := client.Telematics.Subscribe(b.Context(), &cardatav1.SubscribeRequest{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for seen := 0; seen < b.N; {
		response, err := stream.Recv()
		if err != nil {
			b.Fatal(err)
		}
		for _, entry := range response.GetEntries() {
			if entry.GetEvent().GetVin() != "" {
				seen++
			}
		}
	}
}

func benchmarkSubscribe(b *testing.B, eventsEach int) {
	client := benchmarkClient(b, eventsEach)
	b.ReportAllocs()
	seen := 0
	for update, err := range client.Subscribe(b.Context(), nil) {
		if err != nil {
			b.Fatal(err)
		}
		if event, is := update.Value.(*cardatav1.Event); is && event.GetVin() != "" {
			seen++
		}
		if seen == b.N {
			break
		}
	}
}

// What Subscribe adds to the bare stub costs no memory for each event.
func TestHandingOverAllocatesNothing(t *testing.T) {
	response := events("t1", make([]int64, 64)...)
	s := subscription{yield: func(Update, error) bool { return true }}
	if allocations := testing.AllocsPerRun(100, func() { s.handOver(response) }); allocations != 0 {
		t.Errorf("%v allocations for 64 events", allocations)
	}
}
