// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardata-gateway/cardata-gateway/clients/go/descriptor"
	"github.com/cardata-gateway/cardata-gateway/clients/go/internal/realgateway"
)

// A night with the real gateway, which is killed in it, and a car of the simulator's. The clock is the test's.
func TestRealNight(t *testing.T) {
	simulator := realgateway.StartSimulator(t)
	gateway := simulator.StartGateway()
	vin := gateway.LogIn()
	simulator.Publish(vin, descriptor.VehicleDrivetrainBatteryManagementHeader, "50")
	simulator.Publish(vin, descriptor.VehicleBodyChargingPortStatus, `"DISCONNECTED"`)

	var clock atomic.Pointer[time.Time]
	set := func(day, hour int) {
		now := time.Date(2026, 12, day, hour, 0, 0, 0, time.Local)
		clock.Store(&now)
	}
	set(1, 18)
	o, err := parse([]string{
		"--target=" + gateway.Address, "--vin=" + vin, "--departure=07:00", "--target-soc=80", "--power=10", "--battery=90",
	})
	if err != nil {
		t.Fatal(err)
	}
	reader, writer := io.Pipe()
	o.Now, o.Out, o.Heartbeat = func() time.Time { return *clock.Load() }, writer, time.Second
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- o.Run(ctx)
		writer.Close()
	}()

	lines := bufio.NewScanner(reader)
	await := func(text string) {
		t.Helper()
		for lines.Scan() {
			t.Log(lines.Text())
			if strings.Contains(lines.Text(), text) {
				return
			}
		}
		t.Fatalf("it has ended, and did not say %q: %v", text, <-ended)
	}
	await("50 %, not plugged in: plug in")
	await("30.0 kWh from the grid, 5.96, to reach 80 %")
	await("02:00 to 03:00 at 0.197")

	simulator.Publish(vin, descriptor.VehicleBodyChargingPortStatus, `"CONNECTED"`)
	await("50 %, plugged in: wait until Wed 02:00")

	gateway.Kill()
	await("the gateway is away")
	set(2, 2)
	gateway.Start()
	await("50 %, plugged in: charge")
	gateway.AwaitLive()

	simulator.Publish(vin, descriptor.VehicleDrivetrainElectricEngineChargingHvStatus, `"CHARGING"`)
	await("50 %, charging: charge")
	simulator.Publish(vin, descriptor.VehicleDrivetrainBatteryManagementHeader, "80")
	await("80 %, charging: do not charge")

	cancel()
	go io.Copy(io.Discard, reader)
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
