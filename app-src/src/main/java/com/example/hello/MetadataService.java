package com.example.hello;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * The EC2 instance metadata service, version 2: a token first, then the question.
 *
 * <p>HttpURLConnection and not HttpClient: two requests in a process's life do not pay for its threads.
 */
final class MetadataService {

    static final int TIMEOUT_MILLIS = 1000;

    private final URI endpoint;

    MetadataService(URI endpoint) {
        this.endpoint = endpoint;
    }

    String instanceId() throws IOException {
        String token = send("PUT", "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds", "60");
        return send("GET", "/latest/meta-data/instance-id", "X-aws-ec2-metadata-token", token);
    }

    private String send(String method, String path, String header, String value) throws IOException {
        // The service is link-local: a proxy that the environment names must never see the token.
        var connection = (HttpURLConnection) endpoint.resolve(path).toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setInstanceFollowRedirects(false);
        connection.setRequestMethod(method);
        connection.setRequestProperty(header, value);
        try {
            int status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                throw new IOException(method + " " + path + " was answered with status " + status);
            }
            return new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        } finally {
            connection.disconnect();
        }
    }
}
