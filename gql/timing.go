package gql

import (
	"math"
	"time"

	"github.com/caspian-kg/caspian/gql/internal/value"
)

// Timing records how long each step of one request took.
type Timing struct {
	// Parse, Validate and Plan are the times of these steps for a new document; they are
	// zero if the plan was cached.
	Parse, Validate, Plan time.Duration
	// Variables is the time for reading and coercing the variables. Prepare is the time for the
	// next step, before anything runs: the estimate of the cost, and the arguments that the
	// estimate needs.
	Variables, Prepare time.Duration
	// Execute is the time for reading the fields and writing the answer.
	Execute time.Duration
	// Fields lists the root fields that were begun, in their order.
	Fields []RootField

	began time.Time     // when the request began
	last  time.Duration // the last reading of the clock, as time since began
}

// lap returns the time since the last call, or since the request began. Each part of a request ends
// where the next begins, so one reading of the clock serves both. A reading takes as long as reading a
// small field.
func (t *Timing) lap() time.Duration {
	last := t.last
	t.last = time.Since(t.began)
	return t.last - last
}

// RootField is the time that one root field took.
type RootField struct {
	// Key is the field's name in the response, Name its name in the schema.
	Key, Name string
	// Workload is the heaviest kind of work in the field and below it, as named by
	// Binding.Workload. It is WorkloadIntrospection for __schema and __type, and empty if no
	// binding names one.
	Workload string
	// Start is when the field began, as time since the request began.
	Start, Duration time.Duration
}

// WorkloadIntrospection is the workload of __schema and __type.
const WorkloadIntrospection = "introspection"

// begin starts the timing of a request if Timed is set.
func (r *run) begin(req *Request) {
	if !req.Timed {
		return
	}
	if r.timing == nil {
		r.timing = &Timing{}
	}
	clear(r.timing.Fields)
	*r.timing = Timing{Fields: r.timing.Fields[:0], began: time.Now()}
	r.resp.Timing = r.timing
}

// timedObject does for the root what object does, and also times each field.
func (r *run) timedObject(p *plan, src Ref) bool {
	t := r.timing
	begun := t.last
	defer func() { t.Execute = t.last - begun }()
	r.read += len(p.each)
	r.buf = append(r.buf, '{')
	for i := range p.each {
		at := t.last
		_, ok := r.fields(&p.each[i], src, 0)
		t.Fields = append(t.Fields, RootField{
			Key: p.each[i].fields[0].name, Name: p.each[i].fields[0].def.Name, Workload: r.e.workloadOf(&p.each[i].fields[0]),
			Start: at, Duration: t.lap(),
		})
		if !ok {
			return false
		}
	}
	r.buf = append(r.buf, '}')
	return true
}

func (e *Engine) workloadOf(f *field) string {
	switch {
	case f.def == e.schema.SchemaField || f.def == e.schema.TypeField:
		return WorkloadIntrospection
	case f.workload == 0:
		return ""
	}
	return e.workloads[f.workload-1]
}

// AppendCost appends the estimated and the actual cost of the request, as a JSON object for the
// response's extensions. Fields are counted as in the estimate; bytes are the length of the answer
// without its extensions. Only Request.Extensions may call it.
func (r *Response) AppendCost(dst []byte) []byte {
	x := r.run
	dst = value.AppendInt(append(dst, `{"estimate":`...), int64(r.Cost))
	if limit := x.e.limits.Cost; limit < math.MaxInt {
		dst = value.AppendInt(append(dst, `,"limit":`...), int64(limit))
	}
	dst = value.AppendInt(append(dst, `,"fields":`...), int64(x.read))
	return append(value.AppendInt(append(dst, `,"bytes":`...), int64(len(x.buf)-len(extensionsKey)+len("}"))), '}')
}

// AppendTrace appends the Timing as a JSON object for the response's extensions, with times in
// nanoseconds. It appends null if Request.Timed is false.
func (r *Response) AppendTrace(dst []byte) []byte {
	t := r.Timing
	if t == nil {
		return append(dst, "null"...)
	}
	dst = value.AppendBool(append(dst, `{"unit":"ns","planCached":`...), r.CacheHit)
	for _, phase := range [...]struct {
		name string
		took time.Duration
	}{{`,"parse":`, t.Parse}, {`,"validate":`, t.Validate}, {`,"variables":`, t.Variables}, {`,"plan":`, t.Plan}, {`,"prepare":`, t.Prepare}, {`,"execute":`, t.Execute}} {
		dst = value.AppendInt(append(dst, phase.name...), int64(phase.took))
	}
	dst = append(dst, `,"fields":[`...)
	for i := range t.Fields {
		f := &t.Fields[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = value.AppendString(append(dst, `{"key":`...), f.Key)
		dst = value.AppendString(append(dst, `,"name":`...), f.Name)
		if f.Workload != "" {
			dst = value.AppendString(append(dst, `,"class":`...), f.Workload)
		}
		dst = value.AppendInt(append(dst, `,"start":`...), int64(f.Start))
		dst = append(value.AppendInt(append(dst, `,"duration":`...), int64(f.Duration)), '}')
	}
	return append(dst, "]}"...)
}
