// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/cardata-gateway/cardata-gateway/clients/go/descriptor"
)

// terminal is a real one, of tmux, in which cardatactl runs.
type terminal struct {
	t      *testing.T
	socket string
}

// openTerminal runs cardatactl in a terminal of this size, until the test ends. What is printed stays to be read when it has ended.
func (r *realTest) openTerminal(width, height int, arguments ...string) *terminal {
	return startTerminal(r.t, width, height, fmt.Sprintf("%s %q '%s'; echo exit code $?; read never",
		strings.Join(environment, " "), os.Args[0], strings.Join(arguments, "' '")))
}

// startTerminal runs a command of sh in a terminal.
func startTerminal(t *testing.T, width, height int, command string) *terminal {
	term := &terminal{t, filepath.Join(t.TempDir(), "tmux")}
	term.tmux("-f", "/dev/null", "new-session", "-d", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height), "sh", "-c", command)
	t.Cleanup(func() { term.tmux("kill-server") })
	return term
}

func (term *terminal) tmux(arguments ...string) string {
	term.t.Helper()
	command := exec.Command("tmux", append([]string{"-S", term.socket}, arguments...)...)
	command.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	out, err := command.CombinedOutput()
	if err != nil {
		term.t.Fatalf("tmux %q: %v: %s", arguments, err, out)
	}
	return string(out)
}

// shows waits until all texts are on the screen, which it gives.
func (term *terminal) shows(texts ...string) string {
	term.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		screen := term.tmux("capture-pane", "-p")
		missing := ""
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				missing = text
			}
		}
		if missing == "" {
			return screen
		}
		if time.Now().After(deadline) {
			term.t.Fatalf("%q is not on the screen:\n%s", missing, screen)
		}
	}
}

func (term *terminal) presses(key string) {
	term.t.Helper()
	term.tmux("send-keys", key)
}

func (term *terminal) types(text string) {
	term.t.Helper()
	term.tmux("send-keys", "-l", text)
}

func TestRealTerminal(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("needs tmux")
	}
	r := startReal(t)

	login := r.openTerminal(100, 40, "login", "home")
	screen := login.shows("Open   https://", "Code   ", "█▀▀▀▀▀█", "Waiting for your approval; the code is good for another ")
	_, code, _ := strings.Cut(screen, "Code   ")
	r.simulator.Approve(strings.Fields(code)[0])
	login.shows("Approved. The account home is logged in.", "exit code 0")

	vin := r.firstVIN()
	publish := func(value string) {
		r.simulator.Publish(vin, descriptor.VehicleDrivetrainBatteryManagementHeader, value)
	}
	for _, size := range [][2]int{{120, 30}, {40, 12}} {
		watch := r.openTerminal(size[0], size[1], "watch")
		watch.shows("live", "q quit")
		publish(`{"a":1}`)
		watch.shows("header", `{"a":1}`)
		publish("82")
		screen := watch.shows("header", " 82 ", "…"+vin[len(vin)-4:], "stream live")
		for line := range strings.Lines(screen) {
			if ansi.StringWidth(strings.TrimSuffix(line, "\n")) > size[0] {
				t.Errorf("wider than %d: %q", size[0], line)
			}
		}
		r.gateway.Kill()
		watch.shows("reconnecting")
		r.gateway.Start()
		watch.shows("live", "gap: home", " 82 ")
		watch.presses("q")
		watch.shows("exit code 0", "1 vehicle")
	}

	accounts := r.openTerminal(60, 20, "accounts")
	accounts.shows("ACCOUNT", "home", "active", "exit code 0")
}
