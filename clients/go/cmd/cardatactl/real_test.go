// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardata-gateway/cardata-gateway/clients/go/descriptor"
	"github.com/cardata-gateway/cardata-gateway/clients/go/internal/realgateway"
)

// realTest is a gateway with its simulator, and cardatactl for it.
type realTest struct {
	t         *testing.T
	simulator *realgateway.Simulator
	gateway   *realgateway.Gateway
}

func startReal(t *testing.T, flags ...string) *realTest {
	simulator := realgateway.StartSimulator(t, flags...)
	r := &realTest{t, simulator, simulator.StartGateway()}
	t.Setenv("CARDATA_GATEWAY", r.gateway.Address)
	return r
}

// does runs cardatactl and gives what it prints and says; it must succeed.
func (r *realTest) does(arguments ...string) (out, said string) {
	r.t.Helper()
	out, said, code := cardatactl(r.t, arguments...)
	if code != 0 {
		r.t.Fatalf("%q: exit code %d\n%s\n%s", arguments, code, out, said)
	}
	return out, said
}

// shows runs cardatactl, whose output must have the texts.
func (r *realTest) shows(arguments []string, texts ...string) {
	r.t.Helper()
	out, said := r.does(arguments...)
	for _, text := range texts {
		if !strings.Contains(out+said, text) {
			r.t.Errorf("%q shows no %q:\n%s\n%s", arguments, text, out, said)
		}
	}
}

// fails runs cardatactl, which must end with the code and say the texts.
func (r *realTest) fails(code int, arguments []string, texts ...string) {
	r.t.Helper()
	out, said, got := cardatactl(r.t, arguments...)
	for _, text := range texts {
		if !strings.Contains(said, text) {
			r.t.Errorf("%q says no %q:\n%s", arguments, text, said)
		}
	}
	if got != code || out != "" {
		r.t.Errorf("%q: exit code %d\n%s\n%s", arguments, got, out, said)
	}
}

func TestRealLoginAndAllCommands(t *testing.T) {
	r := startReal(t, "--quota=-1")
	r.shows([]string{"accounts"}, "There are no accounts yet")
	r.fails(exitNotFound, []string{"get"}, "the gateway knows no vehicle yet")
	r.logIn(func(code string) { r.simulator.Control("POST", "/device-codes/"+code+"/expire", struct{}{}) }, exitLogin, "not approved: expired")
	r.logIn(r.simulator.Approve, exitDone, "")
	vin := r.firstVIN()
	end := vin[len(vin)-4:]

	r.shows([]string{"accounts"}, "home", "active", vin)
	r.shows([]string{"vehicles"}, vin)
	r.shows([]string{"vehicles", "--refresh"}, vin, "primary", "1 request of the day's 50 spent")
	r.shows([]string{"vehicles", end}, "brand", "model name", vin)

	r.simulator.Publish(vin, descriptor.VehicleDrivetrainBatteryManagementHeader, "82")
	r.follows([]string{"watch", "--vehicle", end, "--from", "earliest"}, `"number":82`, `"caughtUp":{}`)
	r.shows([]string{"watch", "--for", "1s"}, `"raw":"82"`)
	r.shows([]string{"get", end}, descriptor.VehicleDrivetrainBatteryManagementHeader, "82")
	r.shows([]string{"get", end, "vehicle.cabin.*"}, "no such value")

	r.shows([]string{"descriptors", "tyre", "pressure", "row1"}, "tire.pressureTarget")
	r.shows([]string{"descriptors", descriptor.VehicleVehicleTravelledDistance}, "PROPERTY", "streamed", "km")
	r.fails(exitNotFound, []string{"descriptors", "flux", "capacitor"}, "try fewer")

	out, _ := r.does("containers", "create", "charge", descriptor.VehicleDrivetrainBatteryManagementHeader, "-o", "json")
	var container struct{ ContainerID string }
	if err := json.Unmarshal([]byte(out), &container); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	r.shows([]string{"containers"}, container.ContainerID, "charge", "ACTIVE")
	r.shows([]string{"containers", container.ContainerID}, descriptor.VehicleDrivetrainBatteryManagementHeader)
	r.shows([]string{"get", end, "--container", container.ContainerID}, descriptor.VehicleDrivetrainBatteryManagementHeader)
	r.shows([]string{"containers", "delete", container.ContainerID}, "is deleted")
	r.fails(exitNotFound, []string{"containers", "ZZZZZZZZZZZZZ"}, "CONTAINER_NOT_FOUND", "cardatactl containers lists")

	r.shows([]string{"charging", end, "--since", "60d"}, "BEGIN", " → ", "1  20")
	r.shows([]string{"charging", "curve", end, "--since", "60d"}, " kW ┤", "█", "└──")

	picture := filepath.Join(t.TempDir(), "car.png")
	r.shows([]string{"image", end, "-f", picture}, "image/png")
	if bytes, err := os.ReadFile(picture); err != nil || !strings.HasPrefix(string(bytes), "\x89PNG") {
		t.Errorf("the picture is %.20q, %v", bytes, err)
	}

	r.fails(exitNotFound, []string{"get", "WBA99999999999999"}, "VEHICLE_NOT_FOUND")
	r.fails(exitUsage, []string{"get", vin[:16] + "?"}, "INVALID_REQUEST", "field:")
	r.fails(exitUsage, []string{"watch", "--resume-token", "damaged"}, "RESUME_TOKEN_INVALID", "leave --resume-token out")
	r.shows([]string{"__complete", "get", ""}, vin)
	r.shows([]string{"__complete", "get", vin, "vehicle.cabin.door"}, "vehicle.cabin.door")
	r.shows([]string{"accounts", "remove", "home", "--yes"}, "removed")
}

func TestRealQuota(t *testing.T) {
	r := startReal(t, "--quota=1")
	r.gateway.LogIn() // spends it
	r.fails(exitUsedUp, []string{"vehicles", "--refresh"}, "QUOTA_EXHAUSTED", "try again in ")
}

// logIn logs the account home in with a person who decides.
func (r *realTest) logIn(decide func(userCode string), code int, expected string) {
	r.t.Helper()
	command := r.command("login", "home", "-o", "json")
	var said bytes.Buffer
	command.Stderr = &said
	out := r.start(command)
	var shown struct{ UserCode string }
	if line, err := out.ReadBytes('\n'); err != nil || json.Unmarshal(line, &shown) != nil || shown.UserCode == "" {
		r.t.Fatalf("login shows %q, %v", line, err)
	}
	decide(shown.UserCode)
	rest, _ := io.ReadAll(out)
	command.Wait()
	if command.ProcessState.ExitCode() != code || !strings.Contains(said.String(), expected) {
		r.t.Fatalf("login: exit code %d\n%s\n%s", command.ProcessState.ExitCode(), rest, &said)
	}
}

// follows runs a command until its output has had the texts.
func (r *realTest) follows(arguments []string, texts ...string) {
	r.t.Helper()
	command := r.command(arguments...)
	out := r.start(command)
	var all strings.Builder
	for len(texts) > 0 {
		line, err := out.ReadString('\n')
		if err != nil {
			r.t.Fatalf("%q has ended, and showed no %q:\n%s", arguments, texts[0], all.String())
		}
		if all.WriteString(line); strings.Contains(line, texts[0]) {
			texts = texts[1:]
		}
	}
	command.Process.Signal(os.Interrupt)
	io.Copy(io.Discard, out)
	if err := command.Wait(); err != nil {
		r.t.Errorf("interrupted, %q ended with %v", arguments, err)
	}
}

func (r *realTest) command(arguments ...string) *exec.Cmd {
	command := exec.Command(os.Args[0], arguments...)
	command.Env = append(os.Environ(), environment...)
	return command
}

func (r *realTest) start(command *exec.Cmd) *bufio.Reader {
	out, err := command.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		r.t.Fatal(err)
	}
	return bufio.NewReader(out)
}

// firstVIN is known a moment after the login: the gateway asks BMW by itself.
func (r *realTest) firstVIN() string {
	for {
		out, _ := r.does("vehicles", "-o", "json")
		var vehicle struct{ VIN string }
		if json.NewDecoder(strings.NewReader(out)).Decode(&vehicle) == nil && vehicle.VIN != "" {
			return vehicle.VIN
		}
	}
}
