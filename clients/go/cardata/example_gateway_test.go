// SPDX-License-Identifier: Apache-2.0

package cardata_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
	"github.com/cardata-gateway/cardata-gateway/clients/go/descriptor"
)

var readme, readmeErr = os.ReadFile("../README.md")

// The examples run in a folder of their own, with a gateway that is made for them.
func TestMain(m *testing.M) {
	os.Exit(runWithExampleGateway(m))
}

func runWithExampleGateway(m *testing.M) int {
	folder, err := os.MkdirTemp("", "cardata")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	if err := os.Chdir(folder); err != nil {
		panic(err)
	}
	writeCertificates()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	server := grpc.NewServer()
	cardatav1.RegisterTelematicsServiceServer(server, exampleGateway{})
	cardatav1.RegisterVehicleServiceServer(server, exampleGateway{})
	go server.Serve(listener)
	defer server.Stop()
	os.Setenv("CARDATA_TARGET", listener.Addr().String())
	return m.Run()
}

func writeCertificates() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	for name, block := range map[string]pem.Block{
		"ca.pem":     {Type: "CERTIFICATE", Bytes: certificate},
		"client.pem": {Type: "CERTIFICATE", Bytes: certificate},
		"client.key": {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(&block), 0o600); err != nil {
			panic(err)
		}
	}
}

// exampleGateway has two events, and between them, for those who ask for positions, more. It goes away once, and ends what has all.
type exampleGateway struct {
	cardatav1.UnimplementedTelematicsServiceServer
	cardatav1.UnimplementedVehicleServiceServer
}

func (exampleGateway) Subscribe(
	request *cardatav1.SubscribeRequest, stream grpc.ServerStreamingServer[cardatav1.SubscribeResponse],
) error {
	switch {
	case request.GetResumeToken() == "all":
	case request.GetResumeToken() == "half":
		stream.Send(&cardatav1.SubscribeResponse{ResumeToken: "all", Entries: []*cardatav1.Entry{
			{Sequence: 20, Kind: &cardatav1.Entry_Gap{
				Gap: &cardatav1.Gap{Account: "home", Cause: cardatav1.GapCause_GAP_CAUSE_GATEWAY_DOWN},
			}},
			event(21, descriptor.VehicleVehicleTravelledDistance, "11260", 11260, "km"),
		}})
	case request.GetPositions():
		stream.Send(&cardatav1.SubscribeResponse{
			ResumeToken: "half",
			Entries: []*cardatav1.Entry{
				event(17, descriptor.VehicleDrivetrainBatteryManagementHeader, "82", 82, "%"),
				{Sequence: 18, Kind: &cardatav1.Entry_Position{Position: &cardatav1.Position{Latitude: 48.1, Longitude: 11.5}}},
			},
			Notice: &cardatav1.SubscribeResponse_CaughtUp{CaughtUp: &cardatav1.CaughtUp{}},
		})
		return status.Error(codes.Unavailable, "the gateway is shutting down")
	default:
		stream.Send(&cardatav1.SubscribeResponse{ResumeToken: "all", Entries: []*cardatav1.Entry{
			event(17, descriptor.VehicleDrivetrainBatteryManagementHeader, "82", 82, "%"),
			event(21, descriptor.VehicleVehicleTravelledDistance, "11260", 11260, "km"),
		}})
	}
	return status.Error(codes.FailedPrecondition, "the example is over")
}

func event(sequence int64, descriptor, raw string, number float64, unit string) *cardatav1.Entry {
	return &cardatav1.Entry{Sequence: sequence, Kind: &cardatav1.Entry_Event{Event: &cardatav1.Event{
		Vin: "WBA00000000000001", DescriptorId: descriptor, Raw: raw, Unit: unit,
		Value: &cardatav1.Value{Kind: &cardatav1.Value_Number{Number: number}},
	}}}
}

func (exampleGateway) ListVehicles(
	context.Context, *cardatav1.ListVehiclesRequest,
) (*cardatav1.ListVehiclesResponse, error) {
	spent, err := status.New(codes.ResourceExhausted, "all 50 requests of today are spent").WithDetails(
		&errdetails.ErrorInfo{Reason: cardata.ReasonQuotaExhausted, Domain: "cardata-gateway"},
		&errdetails.RetryInfo{RetryDelay: durationpb.New(90 * time.Minute)},
	)
	if err != nil {
		return nil, err
	}
	return nil, spent.Err()
}

// The code that the README shows is that of the examples.
func TestReadmeShowsTheExamples(t *testing.T) {
	if readmeErr != nil {
		t.Fatal(readmeErr)
	}
	var examples strings.Builder
	files, err := filepath.Glob(filepath.Join(sourceFolder, "example_*test.go"))
	if err != nil || len(files) < 5 {
		t.Fatalf("found %v, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		examples.WriteString(unindented(string(text)))
	}
	blocks := strings.Split(string(readme), "```go\n")[1:]
	if len(blocks) == 0 {
		t.Error("the README shows no code")
	}
	for _, block := range blocks {
		code, _, _ := strings.Cut(block, "```")
		if !strings.Contains(examples.String(), unindented(code)) {
			t.Errorf("this code of the README is in no example:\n%s", code)
		}
	}
}

var sourceFolder, _ = os.Getwd()

func unindented(text string) string {
	var lines strings.Builder
	for line := range strings.Lines(text) {
		lines.WriteString(strings.TrimSpace(line) + "\n")
	}
	return lines.String()
}
