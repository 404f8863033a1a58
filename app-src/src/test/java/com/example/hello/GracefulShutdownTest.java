package com.example.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

class GracefulShutdownTest {

    @Test
    void finishes_the_request_that_is_under_way_and_takes_no_other() throws Exception {
        var application = new SpringApplicationBuilder(HelloApplication.class, Slow.class)
                .run("--server.port=0", "--instance.metadata-disabled=true");
        var environment = application.getEnvironment();
        int port = environment.getRequiredProperty("local.server.port", Integer.class);
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/slow")).build();
        var slow = application.getBean(Slow.class);

        var underWay = HttpClient.newHttpClient().sendAsync(request, BodyHandlers.ofString());
        assertThat(slow.entered.await(5, TimeUnit.SECONDS)).isTrue();
        var shutdown = Thread.ofVirtual().start(application::close);
        assertThat(refusesConnectionsWithin(Duration.ofSeconds(5), port)).isTrue();
        assertThat(shutdown.isAlive()).isTrue();
        slow.leave.countDown();

        assertThat(underWay.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(underWay.get().body()).isEqualTo("done");
        assertThat(shutdown.join(Duration.ofSeconds(5))).isTrue();
        assertThat(environment.getProperty("spring.lifecycle.timeout-per-shutdown-phase")).isEqualTo("20s");
    }

    private static boolean refusesConnectionsWithin(Duration limit, int port) throws Exception {
        for (var end = Instant.now().plus(limit); Instant.now().isBefore(end); Thread.sleep(20)) {
            try (var connection = new Socket("127.0.0.1", port)) {
                assertThat(connection.isConnected()).isTrue();
            } catch (ConnectException e) {
                return true;
            }
        }
        return false;
    }

    @RestController
    static class Slow {

        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch leave = new CountDownLatch(1);

        @GetMapping("/slow")
        String slow() throws InterruptedException {
            entered.countDown();
            leave.await(10, TimeUnit.SECONDS);
            return "done";
        }
    }
}
