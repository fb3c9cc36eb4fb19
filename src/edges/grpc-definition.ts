/** A service of `proto/`, as grpc-js wants it: protobuf-es reads and writes the messages. */
import {
  type DescMessage,
  type DescService,
  fromBinary,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";

/** Methods by the names that the descriptors give them (`getAccount`). */
export function grpcDefinition(service: DescService): ServiceDefinition {
  return Object.fromEntries(
    service.methods.map((method) => [
      method.localName,
      methodDefinition(
        `/${service.typeName}/${method.name}`,
        method.input,
        method.output,
        method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
        method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
      ),
    ]),
  );
}

function methodDefinition<I extends DescMessage, O extends DescMessage>(
  path: string,
  input: I,
  output: O,
  requestStream: boolean,
  responseStream: boolean,
): MethodDefinition<MessageShape<I>, MessageShape<O>> {
  return {
    path,
    requestStream,
    responseStream,
    requestSerialize: (message) => Buffer.from(toBinary(input, message)),
    requestDeserialize: (bytes) => fromBinary(input, bytes),
    responseSerialize: (message) => Buffer.from(toBinary(output, message)),
    responseDeserialize: (bytes) => fromBinary(output, bytes),
  };
}
