// A reference for api-machinery's codecs: the encoders that Kubernetes itself uses, as a filter.
//
// Each line of standard input is a request, each line of standard output its answer, both JSON:
//
//	{"op": "encode", "apiVersion": "v1", "kind": "Pod", "json": "..."}     -> {"protobuf": base64, "json": "..."}
//	{"op": "decode", "apiVersion": "v1", "kind": "Pod", "protobuf": "..."} -> {"protobuf": base64, "json": "..."}
//	{"op": "quantity", "text": "1.5Gi"}                                    -> {"text": "1536Mi"}
//	{"op": "time"|"microtime"|"duration", "text": "..."}                   -> {"text": "..."}
//	{"op": "yaml", "text": "..."}                                          -> {"json": "..."}
//	{"op": "name", "rule": "dns1123Label", "text": "..."}                  -> {"messages": ["..."]}
//
// An answer has "error" instead when the real code refuses, and "unknown": true when it knows no such kind.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"

	admission "k8s.io/api/admission/v1"
	admissionv1beta1 "k8s.io/api/admission/v1beta1"
	apidiscovery "k8s.io/api/apidiscovery/v2"
	apidiscoveryv2beta1 "k8s.io/api/apidiscovery/v2beta1"
	imagepolicy "k8s.io/api/imagepolicy/v1alpha1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/api/validate/content"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metav1beta1 "k8s.io/apimachinery/pkg/apis/meta/v1beta1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

type request struct {
	Op         string `json:"op"`
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	JSON       string `json:"json"`
	Protobuf   string `json:"protobuf"`
	Text       string `json:"text"`
	Rule       string `json:"rule"`
}

type answer struct {
	JSON     string   `json:"json,omitempty"`
	Protobuf string   `json:"protobuf,omitempty"`
	Text     string   `json:"text,omitempty"`
	Messages []string `json:"messages,omitempty"`
	Strict   []string `json:"strict,omitempty"`
	Error    string   `json:"error,omitempty"`
	Unknown  bool     `json:"unknown,omitempty"`
}

var rules = map[string]func(string) []string{
	"dns1123Label":                   validation.IsDNS1123Label,
	"dns1123Subdomain":               validation.IsDNS1123Subdomain,
	"dns1123SubdomainCaseless":       content.IsDNS1123SubdomainCaseless,
	"dns1123SubdomainWithUnderscore": validation.IsDNS1123SubdomainWithUnderscore,
	"dns1035Label":                   validation.IsDNS1035Label,
	"wildcardDns1123Subdomain":       validation.IsWildcardDNS1123Subdomain,
	"qualifiedName":                  validation.IsQualifiedName,
	"labelValue":                     validation.IsValidLabelValue,
	"pathSegment":                    content.IsPathSegmentName,
	"pathSegmentPrefix":              content.IsPathSegmentPrefix,
	"cIdentifier":                    validation.IsCIdentifier,
	"environmentVariable":            validation.IsEnvVarName,
	"relaxedEnvironmentVariable":     validation.IsRelaxedEnvVarName,
	"configMapKey":                   validation.IsConfigMapKey,
	"httpHeader":                     validation.IsHTTPHeaderName,
	"portName":                       validation.IsValidPortName,
	"percent":                        validation.IsValidPercent,
	"decimalInteger":                 content.IsDecimalInteger,
}

func main() {
	metav1.AddToGroupVersion(scheme.Scheme, schema.GroupVersion{Version: "v1"})
	must(metav1.AddMetaToScheme(scheme.Scheme))
	must(metav1beta1.AddMetaToScheme(scheme.Scheme))
	must(admission.AddToScheme(scheme.Scheme))
	must(admissionv1beta1.AddToScheme(scheme.Scheme))
	must(imagepolicy.AddToScheme(scheme.Scheme))
	must(apidiscovery.AddToScheme(scheme.Scheme))
	must(apidiscoveryv2beta1.AddToScheme(scheme.Scheme))
	must(apiextensions.AddToScheme(scheme.Scheme))
	must(apiregistration.AddToScheme(scheme.Scheme))
	codec := protobuf.NewSerializer(scheme.Scheme, scheme.Scheme)
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			out.Flush()
			return
		}
		var req request
		must(json.Unmarshal(line, &req))
		var res answer
		if err := serve(codec, &req, &res); err != nil {
			res.Error = err.Error()
		}
		text, err := json.Marshal(&res)
		must(err)
		out.Write(text)
		out.WriteByte('\n')
		out.Flush()
	}
}

func serve(codec *protobuf.Serializer, req *request, res *answer) error {
	switch req.Op {
	case "encode":
		obj, err := scheme.Scheme.New(kindOf(req))
		if err != nil {
			res.Unknown = runtime.IsNotRegisteredError(err)
			return err
		}
		strict, err := kjson.UnmarshalStrict([]byte(req.JSON), obj)
		if err != nil {
			return err
		}
		for _, problem := range strict {
			res.Strict = append(res.Strict, problem.Error())
		}
		return both(codec, obj, res)
	case "decode":
		if _, err := scheme.Scheme.New(kindOf(req)); err != nil {
			res.Unknown = runtime.IsNotRegisteredError(err)
			return err
		}
		data, err := base64.StdEncoding.DecodeString(req.Protobuf)
		must(err)
		obj, gvk, err := codec.Decode(data, nil, nil)
		if err != nil {
			return err
		}
		obj.GetObjectKind().SetGroupVersionKind(*gvk)
		return both(codec, obj, res)
	case "quantity":
		q, err := resource.ParseQuantity(req.Text)
		res.Text = q.String()
		return err
	case "time":
		var t metav1.Time
		return text(req.Text, &t, res)
	case "microtime":
		var t metav1.MicroTime
		return text(req.Text, &t, res)
	case "duration":
		var d metav1.Duration
		return text(req.Text, &d, res)
	case "yaml":
		data, err := yaml.YAMLToJSONStrict([]byte(req.Text))
		res.JSON = string(data)
		return err
	case "name":
		res.Messages = rules[req.Rule](req.Text)
		return nil
	}
	return errors.New("unknown op " + req.Op)
}

func kindOf(req *request) schema.GroupVersionKind {
	return schema.FromAPIVersionAndKind(req.APIVersion, req.Kind)
}

func both(codec *protobuf.Serializer, obj runtime.Object, res *answer) error {
	data, err := json.Marshal(obj)
	if err != nil {
		return err
	}
	res.JSON = string(data)
	var buffer bytes.Buffer
	if err := codec.Encode(obj, &buffer); err != nil {
		return err
	}
	res.Protobuf = base64.StdEncoding.EncodeToString(buffer.Bytes())
	return nil
}

func text(value string, into json.Unmarshaler, res *answer) error {
	quoted, err := json.Marshal(value)
	must(err)
	if err := into.UnmarshalJSON(quoted); err != nil {
		return err
	}
	data, err := json.Marshal(into)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, &res.Text)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
