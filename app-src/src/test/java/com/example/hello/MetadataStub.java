package com.example.hello;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** An instance metadata service on a loopback port that hands out a token and refuses whoever comes without it. */
final class MetadataStub implements AutoCloseable {

    static final String INSTANCE_ID = "i-0123456789abcdef0";

    private static final String TOKEN = "a-token";

    private final HttpServer server;
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private MetadataStub() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    static MetadataStub answering() throws IOException {
        var stub = new MetadataStub();
        stub.server.createContext("/", stub::answer);
        return stub;
    }

    /** As a service does that is switched off for this instance. */
    static MetadataStub refusing() throws IOException {
        var stub = new MetadataStub();
        stub.server.createContext("/", exchange -> reply(exchange, 403, ""));
        return stub;
    }

    static MetadataStub hanging() throws IOException {
        var stub = new MetadataStub();
        stub.server.createContext("/", exchange -> pause(3L * MetadataService.TIMEOUT_MILLIS));
        return stub;
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    List<String> requests() {
        return requests;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        requests.add(request);
        var headers = exchange.getRequestHeaders();
        switch (request) {
            case "PUT /latest/api/token" ->
                    reply(exchange, headers.containsKey("X-aws-ec2-metadata-token-ttl-seconds") ? 200 : 400, TOKEN);
            case "GET /latest/meta-data/instance-id" ->
                    reply(exchange, TOKEN.equals(headers.getFirst("X-aws-ec2-metadata-token")) ? 200 : 401, INSTANCE_ID);
            default -> reply(exchange, 404, "");
        }
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes();
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
