// SPDX-License-Identifier: Apache-2.0

package cardata_test

import (
	"net/http"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
	"github.com/cardata-gateway/cardata-gateway/clients/go/descriptor"
	"github.com/cardata-gateway/cardata-gateway/clients/go/internal/realgateway"
)

func connect(t *testing.T, gateway *realgateway.Gateway) *cardata.Client {
	client, err := cardata.Connect(gateway.Address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// Numbered events of BMW's arrive before and after the gateway was killed, all of them, and the time between is a gap.
func TestRealKilledGatewayIsBridged(t *testing.T) {
	const half = 500
	simulator := realgateway.StartSimulator(t)
	gateway := simulator.StartGateway()
	gateway.LogIn()
	publish := func(first int) {
		simulator.Control(http.MethodPost, "/load", map[string]any{
			"account": "home", "cars": 1, "events_per_second": 5000, "total": half, "first_number": first,
		})
	}
	request := &cardatav1.SubscribeRequest{
		DescriptorPatterns: []string{descriptor.VehicleVehicleTravelledDistance},
		Start:              &cardatav1.SubscribeRequest_Position{Position: cardatav1.StartPosition_START_POSITION_LIVE},
	}
	seen := map[int]int{}
	var gap, reconnected, published bool
	for update, err := range connect(t, gateway).Subscribe(t.Context(), request) {
		if err != nil {
			t.Fatal(err)
		}
		switch value := update.Value.(type) {
		case *cardatav1.CaughtUp:
			if !reconnected {
				publish(1)
			}
		case *cardatav1.Event:
			seen[int(value.GetValue().GetNumber())]++
			if len(seen) == half && !reconnected {
				gateway.Kill()
			}
		case *cardata.Reconnecting:
			if !reconnected {
				gateway.Start()
			}
			reconnected = true
		case *cardatav1.Gap:
			gap = gap || value.GetCause() == cardatav1.GapCause_GAP_CAUSE_GATEWAY_DOWN
		case *cardatav1.Heartbeat:
			for _, account := range value.GetAccounts() {
				if reconnected && !published && account.GetStream().GetState() == cardatav1.StreamState_STREAM_STATE_LIVE {
					published = true
					publish(half + 1)
				}
			}
		}
		if len(seen) == 2*half {
			break
		}
	}
	for number := 1; number <= 2*half; number++ {
		if seen[number] == 0 {
			t.Errorf("event %d did not arrive", number)
		}
	}
	if !gap {
		t.Error("no gap tells of the time in which the gateway was down")
	}
}

func TestRealErrors(t *testing.T) {
	simulator := realgateway.StartSimulator(t, "--quota=3")
	gateway := simulator.StartGateway()
	client := connect(t, gateway)
	vin := gateway.LogIn()

	damaged := &cardatav1.SubscribeRequest{Start: &cardatav1.SubscribeRequest_ResumeToken{ResumeToken: "damaged"}}
	for _, err := range client.Subscribe(t.Context(), damaged) {
		if failed := cardata.ErrorOf(err); failed.Code != codes.InvalidArgument || failed.Reason != cardata.ReasonResumeTokenInvalid {
			t.Errorf("a damaged token is answered with %+v", failed)
		}
	}

	_, err := client.Vehicles.GetVehicle(t.Context(), &cardatav1.GetVehicleRequest{Vin: "short"})
	if failed := cardata.ErrorOf(err); failed.Reason != cardata.ReasonInvalidRequest || len(failed.FieldViolations) != 1 ||
		failed.FieldViolations[0].GetField() != "vin" {
		t.Errorf("a short VIN is answered with %+v", failed)
	}

	for err = nil; err == nil; {
		_, err = client.Vehicles.GetVehicle(t.Context(), &cardatav1.GetVehicleRequest{Vin: vin})
	}
	failed := cardata.ErrorOf(err)
	if failed.Code != codes.ResourceExhausted || failed.Reason != cardata.ReasonQuotaExhausted || failed.RetryDelay <= 0 ||
		failed.Metadata["account"] != "home" || len(failed.QuotaViolations) != 1 {
		t.Errorf("the end of the quota is answered with %+v", failed)
	}
}
