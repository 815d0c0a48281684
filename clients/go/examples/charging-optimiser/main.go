// SPDX-License-Identifier: Apache-2.0

// Charging-optimiser follows a car and says when to charge it: in the cheapest hours that are left until it is needed.
//
// It only decides. BMW CarData can be read and not written to: no command goes to the car. Who has a charger that can be switched
// does that where this program prints.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// Optimiser is what the flags say, and what of the world changes.
type Optimiser struct {
	Target    string // the gateway's address
	VIN       string
	Prices    Prices
	Need      Need          // its Departure is made from the next field
	Departure time.Time     // of which only hour and minute count
	Heartbeat time.Duration // how often it looks at the clock, too
	Now       func() time.Time
	Out       io.Writer
}

// Run follows the car until the context ends.
func (o *Optimiser) Run(ctx context.Context) error {
	client, err := cardata.Connect(o.Target)
	if err != nil {
		return err
	}
	defer client.Close()
	var car, told Car
	var decided Decision
	var caughtUp bool
	for update, err := range client.Subscribe(ctx, &cardatav1.SubscribeRequest{
		Vins:               []string{o.VIN},
		DescriptorPatterns: followed,
		HeartbeatInterval:  durationpb.New(o.Heartbeat),
	}) {
		if err != nil {
			return err
		}
		switch value := update.Value.(type) {
		case *cardatav1.Event:
			car.Take(value)
		case *cardatav1.Gap:
			from, to := value.GetStartTime().AsTime(), value.GetEndTime().AsTime()
			fmt.Fprintln(o.Out, "what the car sent is lost from", clock(from), "to", clock(to))
		case *cardata.Reconnecting:
			fmt.Fprintf(o.Out, "the gateway is away; again in %.1f s\n", value.Delay.Seconds())
		case *cardatav1.CaughtUp:
			caughtUp = true
		}
		// Each update is an occasion to look at the clock, and heartbeats come when nothing else does.
		now := o.Now()
		need := o.Need
		need.Departure = next(now, o.Departure)
		decision, plan := Decide(now, car, need, o.Prices)
		if !caughtUp || decision == decided && car.Plugged == told.Plugged && car.Charging == told.Charging {
			continue
		}
		o.print(now, car, decision, plan, need)
		decided, told = decision, car
	}
	return nil
}

func (o *Optimiser) print(now time.Time, car Car, decision Decision, plan Plan, need Need) {
	fmt.Fprintf(o.Out, "%s  %s: %s\n", clock(now), car, decision)
	if len(plan.Windows) == 0 {
		return
	}
	fmt.Fprintf(o.Out, "    for %s: %.1f kWh from the grid, %.2f, to reach %.0f %%\n",
		clock(need.Departure), plan.GridKWh, plan.Cost, plan.SoC)
	for _, window := range plan.Windows {
		fmt.Fprintf(o.Out, "    %s to %s at %.3f\n", window.Start.Format("15:04"), window.End.Format("15:04"), window.Price)
	}
}

func clock(t time.Time) string { return t.Local().Format("Mon 15:04") }

// next is the first time after now at which the local clock shows that hour and minute.
func next(now, departure time.Time) time.Time {
	at := time.Date(now.Year(), now.Month(), now.Day(), departure.Hour(), departure.Minute(), 0, 0, now.Location())
	if !at.After(now) {
		at = time.Date(now.Year(), now.Month(), now.Day()+1, departure.Hour(), departure.Minute(), 0, 0, now.Location())
	}
	return at
}

// parse reads the command line.
func parse(arguments []string) (*Optimiser, error) {
	o := &Optimiser{Heartbeat: 5 * time.Second, Now: time.Now, Out: os.Stdout}
	flags := flag.NewFlagSet("charging-optimiser", flag.ContinueOnError)
	flags.StringVar(&o.Target, "target", "localhost:9610", "the gateway's `address`")
	flags.StringVar(&o.VIN, "vin", "", "the car")
	prices := flags.String("prices", "prices.csv", "a `file` with the price of each hour of the day")
	departure := flags.String("departure", "07:00", "when the car is needed, each day, by the local `clock`")
	flags.Float64Var(&o.Need.TargetSoC, "target-soc", 80, "the state of charge to leave with, in per `cent`")
	flags.Float64Var(&o.Need.PowerKW, "power", 11, "what the charger takes from the grid, in `kW`")
	flags.Float64Var(&o.Need.BatteryKWh, "battery", 80.7, "what the battery holds, in `kWh`")
	flags.Float64Var(&o.Need.Efficiency, "efficiency", 0.9, "the `share` of it that reaches the battery, up to 1")
	if err := flags.Parse(arguments); err != nil {
		return nil, err
	}
	need := o.Need
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("%q is no flag", flags.Arg(0))
	case len(o.VIN) != 17:
		return nil, errors.New("--vin takes the 17 characters of a vehicle identification number")
	case !(need.TargetSoC > 0 && need.TargetSoC <= 100), !(need.PowerKW > 0), !(need.BatteryKWh > 0),
		!(need.Efficiency > 0 && need.Efficiency <= 1):
		return nil, errors.New("--target-soc is from 0 to 100, --efficiency from 0 to 1, and --power and --battery are above 0")
	}
	var err error
	if o.Departure, err = time.Parse("15:04", *departure); err != nil {
		return nil, fmt.Errorf("--departure takes a time of the day, such as 07:00, and not %q", *departure)
	}
	file, err := os.Open(*prices)
	if err != nil {
		return nil, fmt.Errorf("--prices: %w", err)
	}
	defer file.Close()
	if o.Prices, err = ReadPrices(file); err != nil {
		return nil, fmt.Errorf("--prices %s: %w", *prices, err)
	}
	return o, nil
}

func main() {
	optimiser, err := parse(os.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil:
		fmt.Fprintln(os.Stderr, "charging-optimiser:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := optimiser.Run(ctx); ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "charging-optimiser:", cardata.ErrorOf(err))
		os.Exit(1)
	}
}
