// SPDX-License-Identifier: Apache-2.0

// Package realgateway starts cardata-gateway, with cardata-sim as the BMW behind it, for tests.
package realgateway

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// Simulator is a running cardata-sim.
type Simulator struct {
	t         testing.TB
	bin       string
	folder    string
	measured  time.Time // the last value that was published
	endpoints struct {
		OAuthURL   string `json:"oauth_url"`
		RestURL    string `json:"rest_url"`
		StreamHost string `json:"stream_host"`
		StreamPort int    `json:"stream_port"`
		CAFile     string `json:"ca_file"`
		ControlURL string `json:"control_url"`
		ClientID   string `json:"client_id"`
	}
}

// StartSimulator starts one, until the test ends. Without the environment variable CARDATA_BIN, a folder with both programs, the test
// is skipped.
func StartSimulator(t testing.TB, flags ...string) *Simulator {
	t.Helper()
	s := &Simulator{t: t, bin: os.Getenv("CARDATA_BIN"), folder: t.TempDir(), measured: time.Now().Add(-time.Hour)}
	if s.bin == "" {
		t.Skip("needs CARDATA_BIN, a folder with cardata-gateway and cardata-sim")
	}
	data := filepath.Join(s.folder, "simulator")
	flags = append([]string{"--data-dir=" + data, "--poll-interval=1s", "--time-factor=0"}, flags...)
	start(t, filepath.Join(s.bin, "cardata-sim"), flags, regexp.MustCompile(`.`)) // It says a word once all is ready.
	text, err := os.ReadFile(filepath.Join(data, "endpoints.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &s.endpoints); err != nil {
		t.Fatal(err)
	}
	return s
}

// Control calls the simulator's control interface, and gives its answer.
func (s *Simulator) Control(method, path string, body any) map[string]any {
	s.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	request, err := http.NewRequest(method, s.endpoints.ControlURL+path, bytes.NewReader(text))
	if err != nil {
		s.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode/100 != 2 {
		s.t.Fatalf("%s %s: %s %s %v", method, path, response.Status, answer, err)
	}
	parsed := map[string]any{}
	if len(bytes.TrimSpace(answer)) > 0 {
		if err := json.Unmarshal(answer, &parsed); err != nil {
			s.t.Fatalf("%s %s: %v: %s", method, path, err, answer)
		}
	}
	return parsed
}

// Approve is the person who types a user code.
func (s *Simulator) Approve(userCode string) {
	s.t.Helper()
	s.Control(http.MethodPost, "/device-codes/"+userCode+"/approve", struct{}{})
}

// Publish lets a vehicle of the account "home" send a value, which is given as JSON, as measured a second after the one before.
func (s *Simulator) Publish(vin, descriptorID, value string) {
	s.t.Helper()
	s.measured = s.measured.Add(time.Second)
	payload := fmt.Sprintf(`{"vin":%q,"data":{%q:{"timestamp":%q,"value":%s}}}`, vin, descriptorID,
		s.measured.UTC().Format(time.RFC3339), value)
	s.Control(http.MethodPost, "/publish", map[string]any{"account": "home", "vin": vin, "payload": payload})
}

// Gateway is a cardata-gateway that can be killed and started again, on the same address and with the same data.
type Gateway struct {
	Address   string
	simulator *Simulator
	process   *process
}

// StartGateway starts one, until the test ends.
func (s *Simulator) StartGateway(flags ...string) *Gateway {
	s.t.Helper()
	key := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("k"), 32))
	if err := os.WriteFile(filepath.Join(s.folder, "key"), []byte(key+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	g := &Gateway{Address: "127.0.0.1:0", simulator: s}
	g.Start(flags...)
	return g
}

// Start starts it again, after Kill.
func (g *Gateway) Start(flags ...string) {
	s := g.simulator
	s.t.Helper()
	flags = append([]string{
		"--listen=" + g.Address,
		"--admin-listen=127.0.0.1:0",
		"--data-dir=" + filepath.Join(s.folder, "gateway"),
		"--token-key-file=" + filepath.Join(s.folder, "key"),
		"--client-id=" + s.endpoints.ClientID,
		"--oauth-url=" + s.endpoints.OAuthURL,
		"--rest-url=" + s.endpoints.RestURL,
		"--stream-host=" + s.endpoints.StreamHost,
		fmt.Sprintf("--stream-port=%d", s.endpoints.StreamPort),
		"--ca-file=" + s.endpoints.CAFile,
	}, flags...)
	var ready string
	g.process, ready = start(s.t, filepath.Join(s.bin, "cardata-gateway"), flags, regexp.MustCompile(`\bready listen=`))
	g.Address = regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(ready)
}

// Kill ends it as kill -9 does.
func (g *Gateway) Kill() {
	g.process.kill()
}

// LogIn logs the account "home" in, waits for its stream, and gives its first vehicle.
func (g *Gateway) LogIn() string {
	s := g.simulator
	s.t.Helper()
	connection := g.connect()
	defer connection.Close()
	auth := cardatav1.NewAuthServiceClient(connection)
	ctx := context.Background()
	code, err := auth.StartDeviceAuthorization(ctx, &cardatav1.StartDeviceAuthorizationRequest{Account: "home"})
	if err != nil {
		s.t.Fatal(err)
	}
	s.Approve(code.GetUserCode())
	g.AwaitLive()
	return g.firstVIN(ctx, auth)
}

// AwaitLive waits until an account's stream is live.
func (g *Gateway) AwaitLive() {
	s := g.simulator
	s.t.Helper()
	connection := g.connect()
	defer connection.Close()
	stream, err := cardatav1.NewTelematicsServiceClient(connection).Subscribe(context.Background(), &cardatav1.SubscribeRequest{})
	if err != nil {
		s.t.Fatal(err)
	}
	for {
		response, err := stream.Recv()
		if err != nil {
			s.t.Fatal(err)
		}
		for _, account := range response.GetHeartbeat().GetAccounts() {
			if account.GetStream().GetState() == cardatav1.StreamState_STREAM_STATE_LIVE {
				return
			}
		}
	}
}

func (g *Gateway) connect() *grpc.ClientConn {
	g.simulator.t.Helper()
	connection, err := grpc.NewClient(g.Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		g.simulator.t.Fatal(err)
	}
	return connection
}

// firstVIN follows the login until the gateway has asked BMW for the vehicles, which it does by itself.
func (g *Gateway) firstVIN(ctx context.Context, auth cardatav1.AuthServiceClient) string {
	for {
		account, err := auth.GetAccount(ctx, &cardatav1.GetAccountRequest{})
		if err != nil {
			g.simulator.t.Fatal(err)
		}
		if vins := account.GetAccount().GetVins(); len(vins) > 0 {
			return vins[0]
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// process is a program whose output is read.
type process struct {
	command *exec.Cmd
	ended   chan struct{}
	output  lines
}

// start runs a program until the test ends, and gives the first line that it prints of those that fit.
func start(t testing.TB, program string, flags []string, ready *regexp.Regexp) (*process, string) {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{command: exec.Command(program, flags...), ended: make(chan struct{})}
	p.command.Stdout, p.command.Stderr = writer, writer
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	found := make(chan string, 1)
	go func() {
		defer close(p.ended)
		defer close(found)
		scanner := bufio.NewScanner(reader)
		for is := false; scanner.Scan(); {
			p.output.add(scanner.Text())
			if !is && ready.MatchString(scanner.Text()) {
				is = true
				found <- scanner.Text()
			}
		}
		p.command.Wait()
	}()
	t.Cleanup(func() {
		p.command.Process.Signal(os.Interrupt)
		<-p.ended
		if t.Failed() {
			t.Logf("the output of %s:\n%s", filepath.Base(program), p.output.text())
		}
	})
	line, is := <-found
	if !is {
		t.Fatalf("%s has ended:\n%s", filepath.Base(program), p.output.text())
	}
	return p, line
}

func (p *process) kill() {
	p.command.Process.Kill()
	<-p.ended
}

type lines struct {
	mutex sync.Mutex
	all   []string
}

func (l *lines) add(line string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.all = append(l.all, line)
}

func (l *lines) text() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return strings.Join(l.all, "\n")
}
